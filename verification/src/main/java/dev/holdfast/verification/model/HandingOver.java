package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.HandOver;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** "hand_over" of the page on the lock model. */
final class HandingOver {
  private final SessionRequests requests;
  private final LockModel model;
  private final ModelState state;
  private final Acquiring acquiring;

  HandingOver(SessionRequests requests) {
    this.requests = requests;
    this.model = requests.model;
    this.state = requests.state;
    this.acquiring = new Acquiring(requests);
  }

  void handOver(ModelSession session, long sequence, HandOver handOver) {
    Refused notOwn = requests.notOwn(session, handOver.getToken());
    Refused broken =
        notOwn != null ? notOwn : brokenRule(requests.grant(handOver.getToken()), handOver);
    if (broken != null) {
      requests.refuse(session, sequence, broken);
      return;
    }
    ModelGrant given = requests.grant(handOver.getToken());
    ModelOwner receiver = requests.receiver(given, receiver(handOver));
    long ticket = state.revision;
    long token = state.nextRevision();
    model.ending.end(given, ModelEvent.GrantEnd.HANDED_OVER);
    ModelGrant received = received(given, receiver, token, ticket);
    state.grants.add(received);
    state.mapChanged();
    model.tell(
        new ModelEvent.LockGranted(
            token,
            ticket,
            receiver,
            received.demands(),
            0,
            received.expiresAtMillis(),
            ModelEvent.GrantCause.HANDED_OVER,
            given.token()));
    requests.answerAndStore(session, sequence, ModelAnswers.handedOver(token));
    if (state.waitingOf(receiver).isPresent()) {
      model.deadlocks.lookForStalls(receiver);
    }
  }

  private static ModelOwner receiver(HandOver handOver) {
    return new ModelOwner(handOver.getToSessionId(), handOver.getToOwner());
  }

  /** "Ticket = the command's revision, start now, lease, at-least and lock delay as they are." */
  private ModelGrant received(ModelGrant given, ModelOwner receiver, long token, long ticket) {
    return new ModelGrant(
        token,
        receiver,
        given.demands(),
        given.needs(),
        ticket,
        state.clockMillis,
        given.expiresAtMillis(),
        given.atLeastUntilMillis(),
        given.lockDelayMillis(),
        given.gated());
  }

  private @Nullable Refused brokenRule(ModelGrant given, HandOver handOver) {
    if (state.waiting.stream().anyMatch(r -> r.convertsNow() == given.token())) {
      return ModelAnswers.because(RefusalReason.ALREADY_WAITING);
    }
    if (!Acquiring.isOwnerKey(handOver.getToOwner())) {
      return ModelAnswers.because(RefusalReason.INVALID_REQUEST);
    }
    ModelSession session = state.session(handOver.getToSessionId());
    if (session == null) {
      return ModelAnswers.because(RefusalReason.UNKNOWN_SESSION);
    }
    ModelOwner receiver = receiver(handOver);
    int more = receiver.sessionId() == given.sessionId() ? 0 : given.demands().size();
    return Acquiring.firstOf(
            () -> alreadyThere(given, receiver),
            () -> acquiring.tooManyLocks(session, more),
            () -> inTheWay(given),
            () -> deadlock(given, receiver))
        .orElse(null);
  }

  /** "By demand of the grant: ALREADY_HELD, ALREADY_WAITING with the lock." */
  private Optional<Refused> alreadyThere(ModelGrant given, ModelOwner receiver) {
    List<Demand> awaited = state.waitingOf(receiver).map(ModelRequest::demands).orElse(List.of());
    for (Demand demand : given.demands()) {
      Optional<Refused> held = acquiring.alreadyHeld(receiver, List.of(demand));
      if (held.isPresent()) {
        return held;
      }
      if (awaited.stream().anyMatch(other -> other.getLock().equals(demand.getLock()))) {
        return Optional.of(ModelAnswers.because(RefusalReason.ALREADY_WAITING, demand.getLock()));
      }
    }
    return Optional.empty();
  }

  /**
   * "Two grants of one owner need not be compatible; of two owners they must be, and a reservation
   * is as one of an owner of its own": the smallest token is told.
   */
  private Optional<Refused> inTheWay(ModelGrant given) {
    for (Map.Entry<String, ModelNeed> need : given.needs().entrySet()) {
      String lock = need.getKey();
      Optional<ModelGrant> grant =
          state.grantsOf(given.owner()).stream()
              .filter(other -> other.token() != given.token())
              .filter(other -> conflicts(need.getValue(), other.needs().get(lock)))
              .findFirst();
      Optional<ModelReservation> reservation =
          state.reservations.stream()
              .filter(other -> conflicts(need.getValue(), other.needs().get(lock)))
              .findFirst();
      long tokenOfGrant = grant.map(ModelGrant::token).orElse(Long.MAX_VALUE);
      if (reservation.isPresent() && reservation.get().token() < tokenOfGrant) {
        return Optional.of(model.rules.reserved(lock, reservation.get()));
      }
      if (grant.isPresent()) {
        return Optional.of(model.rules.heldByAnother(lock, grant.get()));
      }
    }
    return Optional.empty();
  }

  private static boolean conflicts(ModelNeed need, @Nullable ModelNeed other) {
    return other != null && !need.isPermits() && need.conflictsWith(other);
  }

  /**
   * "If with the grant the receiver would be in a deadlock": the map is changed as if it were done,
   * looked at, and changed back. "The cycle has victim_ticket 0 and the giver's token."
   */
  private Optional<Refused> deadlock(ModelGrant given, ModelOwner receiver) {
    if (state.waitingOf(receiver).isEmpty()) {
      return Optional.empty();
    }
    List<ModelGrant> grants = new ArrayList<>(state.grants);
    state.grants.remove(given);
    state.grants.add(received(given, receiver, given.token(), 0));
    Optional<Deadlock> deadlock = Optional.empty();
    Set<ModelOwner> stuck = model.graph.stuckByHeldEdges();
    if (stuck.contains(receiver)) {
      deadlock = Optional.of(model.deadlocks.told(model.graph.cycleFrom(receiver, stuck), 0));
    }
    state.grants.clear();
    state.grants.addAll(grants);
    return deadlock.map(DeadlockRules::refusal);
  }
}
