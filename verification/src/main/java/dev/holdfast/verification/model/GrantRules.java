package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who gets the lock: what is in the way of a request, lock by lock, as the page on the lock model
 * has it under "Blocked".
 *
 * <p>Open to be overridden, so that tests can get single rules wrong on purpose.
 */
class GrantRules {
  final ModelState state;
  private final NeedRules needs;

  GrantRules(ModelState state, NeedRules needs) {
    this.state = state;
    this.needs = needs;
  }

  /** Something that keeps a request from being granted. */
  sealed interface Obstacle {
    /** Another owner's grant. */
    record Held(String lock, ModelNeed wanted, ModelGrant grant) implements Obstacle {}

    /** A reservation. */
    record Reserved(String lock, ModelNeed wanted, ModelReservation reservation)
        implements Obstacle {}

    /** Another owner's earlier request. */
    record Queued(String lock, ModelNeed wanted, ModelRequest request) implements Obstacle {}
  }

  /** The waiting requests in the order in which they are looked at when something has changed. */
  List<ModelRequest> servingOrder() {
    return state.waiting;
  }

  boolean isGrantable(ModelRequest request) {
    return obstacles(request).isEmpty();
  }

  /**
   * All that blocks a request: by lock in the order of names, there grants and reservations by
   * token, then waiting requests by ticket.
   */
  List<Obstacle> obstacles(ModelRequest request) {
    List<Obstacle> obstacles = new ArrayList<>();
    for (Map.Entry<String, ModelNeed> need : request.needs().entrySet()) {
      obstacles.addAll(obstaclesAt(need.getKey(), need.getValue(), request));
    }
    return obstacles;
  }

  private List<Obstacle> obstaclesAt(String lock, ModelNeed need, ModelRequest request) {
    if (isCovered(lock, need, request)) {
      return List.of();
    }
    List<Obstacle> obstacles = new ArrayList<>();
    Stream.concat(
            grantsInTheWay(lock, need, request).stream().map(ModelGrant::token),
            reservationsInTheWay(lock, need, request).stream().map(ModelReservation::token))
        .sorted()
        .forEach(token -> obstacles.add(heldOrReserved(lock, need, token)));
    requestsInTheWay(lock, need, request).stream()
        .sorted(Comparator.comparingLong(ModelRequest::ticket))
        .forEach(earlier -> obstacles.add(new Obstacle.Queued(lock, need, earlier)));
    return obstacles;
  }

  private Obstacle heldOrReserved(String lock, ModelNeed need, long token) {
    ModelGrant grant = state.grant(token);
    return grant != null
        ? new Obstacle.Held(lock, need, grant)
        : new Obstacle.Reserved(
            lock,
            need,
            state.reservations.stream().filter(r -> r.token() == token).findFirst().orElseThrow());
  }

  /** "Unless it is a mode that the join of what o holds at that lock covers." */
  boolean isCovered(String lock, ModelNeed need, ModelRequest request) {
    return !need.isPermits()
        && state.grantsOf(request.owner()).stream()
            .filter(grant -> grant.needs().containsKey(lock))
            .map(grant -> ModelNeed.at(lock, grant.needs()))
            .reduce(needs::joined)
            .filter(held -> needs.covers(held, need))
            .isPresent();
  }

  List<ModelGrant> grantsInTheWay(String lock, ModelNeed need, ModelRequest request) {
    if (need.isPermits() && !areTooFewLeft(lock, need, request)) {
      return List.of();
    }
    return state.grants.stream()
        .filter(grant -> !grant.owner().equals(request.owner()))
        .filter(grant -> grant.needs().containsKey(lock))
        .filter(grant -> need.conflictsWith(ModelNeed.at(lock, grant.needs())))
        .toList();
  }

  List<ModelReservation> reservationsInTheWay(String lock, ModelNeed need, ModelRequest request) {
    if (need.isPermits() && !areTooFewLeft(lock, need, request)) {
      return List.of();
    }
    return state.reservations.stream()
        .filter(reservation -> reservation.needs().containsKey(lock))
        .filter(reservation -> need.conflictsWith(ModelNeed.at(lock, reservation.needs())))
        .toList();
  }

  private boolean areTooFewLeft(String lock, ModelNeed need, ModelRequest request) {
    return permitsTaken(lock, request) + need.permits() > need.limit();
  }

  /**
   * "All permits held or reserved there (for a conversion: without those of the grant that it
   * converts)."
   */
  long permitsTaken(String lock, ModelRequest request) {
    long held =
        state.grants.stream()
            .filter(grant -> grant.token() != request.convertsNow())
            .filter(grant -> grant.needs().containsKey(lock))
            .mapToLong(grant -> ModelNeed.at(lock, grant.needs()).permits())
            .sum();
    long reserved =
        state.reservations.stream()
            .filter(reservation -> reservation.needs().containsKey(lock))
            .mapToLong(reservation -> ModelNeed.at(lock, reservation.needs()).permits())
            .sum();
    return held + reserved;
  }

  /**
   * "Another owner's waiting request with a smaller ticket and a conflicting need; for permits
   * whatever it wants."
   */
  List<ModelRequest> requestsInTheWay(String lock, ModelNeed need, ModelRequest request) {
    return state.waiting.stream()
        .filter(earlier -> earlier.ticket() < request.ticket())
        .filter(earlier -> !earlier.owner().equals(request.owner()))
        .filter(earlier -> earlier.needs().containsKey(lock))
        .filter(earlier -> need.conflictsWith(ModelNeed.at(lock, earlier.needs())))
        .filter(earlier -> mayHoldBack(earlier, request))
        .toList();
  }

  /**
   * "One that this request has passed does not block it, and a conversion is blocked by conversions
   * only."
   */
  boolean mayHoldBack(ModelRequest earlier, ModelRequest request) {
    return !state.hasPassed(request, earlier)
        && (!request.isConversion() || earlier.isConversion());
  }

  /** Of a request that is blocked: what the first thing in its way is. */
  Refused inTheWayOf(ModelRequest request) {
    return switch (obstacles(request).getFirst()) {
      case Obstacle.Held(String lock, ModelNeed wanted, ModelGrant grant) ->
          heldByAnother(lock, grant);
      case Obstacle.Reserved(String lock, ModelNeed wanted, ModelReservation reservation) ->
          reserved(lock, reservation);
      case Obstacle.Queued(String lock, ModelNeed wanted, ModelRequest earlier) ->
          ModelAnswers.because(RefusalReason.WAITED_FOR_BY_ANOTHER, lock).toBuilder()
              .setHolder(state.holder(earlier.owner(), 0, ModelNeed.at(lock, earlier.needs())))
              .build();
    };
  }

  Refused reserved(String lock, ModelReservation reservation) {
    return ModelAnswers.because(RefusalReason.RESERVED, lock).toBuilder()
        .setReservedUntilMillis(reservation.untilMillis())
        .build();
  }

  Refused heldByAnother(String lock, ModelGrant grant) {
    return ModelAnswers.because(RefusalReason.HELD_BY_ANOTHER, lock).toBuilder()
        .setHolder(state.holder(grant.owner(), grant.token(), ModelNeed.at(lock, grant.needs())))
        .build();
  }

  /**
   * "While a name has users, it has their kind and, as a semaphore, their limit." The users are the
   * grants, the waiting requests and the reservations that need it.
   */
  Optional<Refused> kindProblem(String lock, ModelNeed need) {
    List<ModelNeed> users =
        Stream.of(
                state.grants.stream().map(ModelGrant::needs),
                state.waiting.stream().map(ModelRequest::needs),
                state.reservations.stream().map(ModelReservation::needs))
            .flatMap(all -> all)
            .filter(all -> all.containsKey(lock))
            .map(all -> all.get(lock))
            .toList();
    if (users.stream().anyMatch(user -> user.isPermits() != need.isPermits())) {
      return Optional.of(ModelAnswers.because(RefusalReason.KIND_MISMATCH, lock));
    }
    if (users.stream().anyMatch(user -> user.limit() != need.limit())) {
      return Optional.of(ModelAnswers.because(RefusalReason.LIMIT_MISMATCH, lock));
    }
    return Optional.empty();
  }

  Optional<Refused> kindProblem(ModelRequest request) {
    return request.needs().entrySet().stream()
        .map(need -> kindProblem(need.getKey(), need.getValue()))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
