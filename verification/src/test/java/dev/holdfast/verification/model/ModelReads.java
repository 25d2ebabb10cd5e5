package dev.holdfast.verification.model;

import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockInfo;
import dev.holdfast.core.LockValue;
import dev.holdfast.core.QueuePosition;
import dev.holdfast.core.ReservationInfo;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.core.WaitEdge;
import dev.holdfast.core.WaitingInfo;
import dev.holdfast.protocol.v1.Demand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a reader would see of the model, in core's form. */
final class ModelReads {
  private final LockModel model;
  private final ModelState state;

  ModelReads(LockModel model) {
    this.model = model;
    this.state = model.state;
  }

  List<LockInfo> locks() {
    TreeSet<String> names = new TreeSet<>();
    state.grants.forEach(grant -> grant.demands().forEach(d -> names.add(d.getLock())));
    state.waiting.forEach(request -> request.demands().forEach(d -> names.add(d.getLock())));
    state.reservations.forEach(r -> r.demands().forEach(d -> names.add(d.getLock())));
    state.values.forEach(value -> names.add(value.lock()));
    return names.stream().map(this::lock).toList();
  }

  private LockInfo lock(String name) {
    List<WaitingInfo> queue = queue(name).stream().map(ModelReads::info).toList();
    List<GrantInfo> holders =
        state.grants.stream().filter(g -> g.names(name)).map(ModelReads::info).toList();
    return new LockInfo(
        name,
        holders,
        holders.size(),
        queue,
        queue.size(),
        state.reservations.stream().filter(r -> r.names(name)).map(ModelReads::info).toList(),
        state.value(name).map(ModelReads::info).orElse(null));
  }

  private List<ModelRequest> queue(String lock) {
    return state.waiting.stream()
        .filter(request -> request.demands().stream().anyMatch(d -> d.getLock().equals(lock)))
        .toList();
  }

  List<SessionInfo> sessions() {
    return state.sessions.stream()
        .map(
            session ->
                new SessionInfo(
                    session.id(),
                    session.secretHash(),
                    session.clientId(),
                    session.label(),
                    session.ttlMillis(),
                    session.deadlineMillis(),
                    (int) state.grants.stream().filter(g -> g.sessionId() == session.id()).count(),
                    state.waitingOf(session.id()).size()))
        .toList();
  }

  /** "Every waiting request with what blocks it." */
  List<WaitEdge> waits() {
    return state.waiting.stream()
        .flatMap(request -> model.rules.obstacles(request).stream().map(o -> edge(request, o)))
        .toList();
  }

  /**
   * "The first blocker of the first blocked need (a grant before a request), its owner's waiting
   * request, and so on to an owner that does not wait, a reservation, or a request that was told of
   * already."
   */
  List<WaitEdge> why(ModelRequest request, int hopsMax) {
    List<WaitEdge> chain = new ArrayList<>();
    Set<Long> told = new HashSet<>();
    Optional<ModelRequest> next = Optional.of(request);
    while (next.isPresent() && chain.size() < hopsMax && told.add(next.get().ticket())) {
      GrantRules.Obstacle first = model.rules.obstacles(next.get()).getFirst();
      chain.add(edge(next.get(), first));
      next =
          switch (first) {
            case GrantRules.Obstacle.Held held -> state.waitingOf(held.grant().owner());
            case GrantRules.Obstacle.Reserved reserved -> Optional.empty();
            case GrantRules.Obstacle.Queued queued -> Optional.of(queued.request());
          };
    }
    return chain;
  }

  /** "Of each demand, how many wait before it and how many in all." */
  List<QueuePosition> positions(ModelRequest request) {
    List<QueuePosition> positions = new ArrayList<>();
    for (Demand demand : request.demands()) {
      List<ModelRequest> queue = queue(demand.getLock());
      positions.add(new QueuePosition(demand.getLock(), 1 + queue.indexOf(request), queue.size()));
    }
    return positions;
  }

  private WaitEdge edge(ModelRequest request, GrantRules.Obstacle obstacle) {
    return switch (obstacle) {
      case GrantRules.Obstacle.Held(String lock, ModelNeed wanted, ModelGrant grant) ->
          edge(
              request,
              lock,
              wanted,
              WaitEdge.Kind.HELD,
              grant.owner(),
              ModelNeed.at(lock, grant.needs()),
              grant.token(),
              0);
      case GrantRules.Obstacle.Reserved(String lock, ModelNeed wanted, ModelReservation kept) ->
          edge(
              request,
              lock,
              wanted,
              WaitEdge.Kind.RESERVED,
              kept.owner(),
              ModelNeed.at(lock, kept.needs()),
              kept.token(),
              0);
      case GrantRules.Obstacle.Queued(String lock, ModelNeed wanted, ModelRequest earlier) ->
          edge(
              request,
              lock,
              wanted,
              WaitEdge.Kind.QUEUED,
              earlier.owner(),
              ModelNeed.at(lock, earlier.needs()),
              0,
              earlier.ticket());
    };
  }

  private WaitEdge edge(
      ModelRequest request,
      String lock,
      ModelNeed wanted,
      WaitEdge.Kind kind,
      ModelOwner by,
      ModelNeed has,
      long byToken,
      long byTicket) {
    return new WaitEdge(
        request.ticket(),
        request.sessionId(),
        request.sequence(),
        request.owner().owner(),
        state.label(request.sessionId()),
        state.clockMillis - request.queuedAtMillis(),
        lock,
        wanted.mode(),
        wanted.permits(),
        kind,
        by.sessionId(),
        by.owner(),
        state.label(by.sessionId()),
        has.mode(),
        has.permits(),
        byToken,
        byTicket);
  }

  private static GrantInfo info(ModelGrant grant) {
    return new GrantInfo(
        grant.token(),
        grant.sessionId(),
        grant.owner().owner(),
        grant.demands(),
        grant.ticket(),
        grant.grantedAtMillis(),
        grant.expiresAtMillis());
  }

  private static WaitingInfo info(ModelRequest request) {
    return new WaitingInfo(
        request.ticket(),
        request.sessionId(),
        request.sequence(),
        request.owner().owner(),
        request.demands(),
        request.queuedAtMillis(),
        request.waitUntilMillis(),
        request.terms().leaseMillis(),
        request.priority(),
        request.convertsToken());
  }

  private static ReservationInfo info(ModelReservation reservation) {
    return new ReservationInfo(
        reservation.token(),
        reservation.owner().sessionId(),
        reservation.owner().owner(),
        reservation.demands(),
        reservation.untilMillis());
  }

  private static LockValue info(ModelValue value) {
    return new LockValue(value.value(), value.valid(), value.token(), value.revision());
  }
}
