package dev.holdfast.client;

import dev.holdfast.client.LockEvent.Part;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockEvent.Cause;
import dev.holdfast.protocol.v1.LockEvent.End;
import dev.holdfast.protocol.v1.LockEvent.Exit;
import dev.holdfast.protocol.v1.LockMode;
import java.util.List;

/** From messages about events to what users see. */
final class LockEvents {
  private LockEvents() {}

  static LockEvent of(dev.holdfast.protocol.v1.LockEvent event) {
    long revision = event.getRevision();
    long clock = event.getClockMillis();
    return switch (event.getKindCase()) {
      case GRANTED -> granted(revision, clock, event.getGranted());
      case RELEASED -> released(revision, clock, event.getReleased());
      case QUEUED -> queued(revision, clock, event.getQueued());
      case LEFT -> left(revision, clock, event.getLeft());
      case PASSED -> passed(revision, clock, event.getPassed());
      case CONVERTED -> converted(revision, clock, event.getConverted());
      case RESERVATION_ENDED -> reservationEnded(revision, clock, event.getReservationEnded());
      case VALUE_CHANGED -> valueChanged(revision, clock, event.getValueChanged());
      case REVOCATION_REQUESTED -> revocation(revision, clock, event.getRevocationRequested());
      case DEADLOCK_FOUND -> deadlock(revision, clock, event.getDeadlockFound());
      case KIND_NOT_SET -> new LockEvent.Other(revision, clock);
    };
  }

  private static List<Part> parts(List<Demand> demands) {
    return demands.stream().map(LockEvents::part).toList();
  }

  private static Part part(Demand demand) {
    boolean permits = demand.getMode() == LockMode.LOCK_MODE_UNSPECIFIED;
    return new Part(
        demand.getLock(),
        permits ? null : Mode.of(demand.getMode()),
        demand.getPermits(),
        demand.getLimit());
  }

  private static LockEvent granted(
      long revision, long clock, dev.holdfast.protocol.v1.LockEvent.Granted it) {
    return new LockEvent.Granted(
        revision,
        clock,
        it.getSessionId(),
        it.getOwner(),
        parts(it.getDemandsList()),
        it.getTicket(),
        it.getWaitedMillis(),
        it.getExpiresAtMillis(),
        cause(it.getCause()),
        it.getReplacedToken());
  }

  private static LockEvent.Cause cause(Cause cause) {
    return switch (cause) {
      case CAUSE_REQUESTED -> LockEvent.Cause.REQUESTED;
      case CAUSE_EXTENDED -> LockEvent.Cause.EXTENDED;
      case CAUSE_CONVERTED -> LockEvent.Cause.CONVERTED;
      case CAUSE_HANDED_OVER -> LockEvent.Cause.HANDED_OVER;
      case CAUSE_UNSPECIFIED, UNRECOGNIZED -> LockEvent.Cause.OTHER;
    };
  }

  private static LockEvent released(
      long revision, long clock, dev.holdfast.protocol.v1.LockEvent.Released it) {
    return new LockEvent.Released(
        revision,
        clock,
        it.getToken(),
        it.getSessionId(),
        parts(it.getDemandsList()),
        end(it.getEnd()),
        it.getOperator(),
        it.getReason(),
        it.getReservedUntilMillis());
  }

  private static LockEvent.End end(End end) {
    return switch (end) {
      case END_RELEASED -> LockEvent.End.RELEASED;
      case END_EXTENDED -> LockEvent.End.EXTENDED;
      case END_LEASE_EXPIRED -> LockEvent.End.LEASE_EXPIRED;
      case END_SESSION_CLOSED -> LockEvent.End.SESSION_CLOSED;
      case END_SESSION_EXPIRED -> LockEvent.End.SESSION_EXPIRED;
      case END_FORCE_RELEASED -> LockEvent.End.FORCE_RELEASED;
      case END_CONVERTED -> LockEvent.End.CONVERTED;
      case END_HANDED_OVER -> LockEvent.End.HANDED_OVER;
      case END_UNSPECIFIED, UNRECOGNIZED -> LockEvent.End.OTHER;
    };
  }

  private static LockEvent queued(
      long revision, long clock, dev.holdfast.protocol.v1.LockEvent.Queued it) {
    return new LockEvent.Queued(
        revision,
        clock,
        it.getSessionId(),
        it.getSequence(),
        it.getOwner(),
        parts(it.getDemandsList()),
        it.getPriority(),
        it.getConvertsToken());
  }

  private static LockEvent left(
      long revision, long clock, dev.holdfast.protocol.v1.LockEvent.Left it) {
    return new LockEvent.Left(
        revision,
        clock,
        it.getTicket(),
        it.getSessionId(),
        it.getSequence(),
        exit(it.getExit()),
        parts(it.getDemandsList()));
  }

  private static LockEvent.Exit exit(Exit exit) {
    return switch (exit) {
      case EXIT_CANCELLED -> LockEvent.Exit.CANCELLED;
      case EXIT_TIMED_OUT -> LockEvent.Exit.TIMED_OUT;
      case EXIT_SESSION_ENDED -> LockEvent.Exit.SESSION_ENDED;
      case EXIT_DEADLOCK_VICTIM -> LockEvent.Exit.DEADLOCK_VICTIM;
      case EXIT_GRANT_ENDED -> LockEvent.Exit.GRANT_ENDED;
      case EXIT_QUEUE_FULL -> LockEvent.Exit.QUEUE_FULL;
      case EXIT_UNSPECIFIED, UNRECOGNIZED -> LockEvent.Exit.OTHER;
    };
  }

  private static LockEvent passed(
      long revision, long clock, dev.holdfast.protocol.v1.LockEvent.Passed it) {
    return new LockEvent.Passed(
        revision,
        clock,
        it.getTicket(),
        it.getSessionId(),
        it.getSequence(),
        it.getLock(),
        it.getPassedTicket());
  }

  private static LockEvent converted(
      long revision, long clock, dev.holdfast.protocol.v1.LockEvent.Converted it) {
    return new LockEvent.Converted(
        revision,
        clock,
        it.getToken(),
        it.getSessionId(),
        it.getOwner(),
        parts(it.getBeforeList()),
        parts(it.getDemandsList()));
  }

  private static LockEvent reservationEnded(
      long revision, long clock, dev.holdfast.protocol.v1.LockEvent.ReservationEnded it) {
    return new LockEvent.ReservationEnded(
        revision,
        clock,
        it.getToken(),
        parts(it.getDemandsList()),
        it.getOperator(),
        it.getReason());
  }

  private static LockEvent valueChanged(
      long revision, long clock, dev.holdfast.protocol.v1.LockEvent.ValueChanged it) {
    return new LockEvent.ValueChanged(
        revision,
        clock,
        it.getLock(),
        it.hasValue() ? it.getValue().asReadOnlyByteBuffer() : null,
        it.getValid(),
        it.getToken());
  }

  private static LockEvent revocation(
      long revision, long clock, dev.holdfast.protocol.v1.LockEvent.RevocationRequested it) {
    return new LockEvent.RevocationRequested(
        revision,
        clock,
        it.getToken(),
        it.getSessionId(),
        it.getBySessionId(),
        it.getOperator(),
        it.getDetail(),
        parts(it.getDemandsList()));
  }

  private static LockEvent deadlock(
      long revision, long clock, dev.holdfast.protocol.v1.LockEvent.DeadlockFound it) {
    List<LockEvent.DeadlockFound.Member> members =
        it.getDeadlock().getMembersList().stream()
            .map(
                each ->
                    new LockEvent.DeadlockFound.Member(
                        each.getSessionId(),
                        each.getOwner(),
                        each.getLabel(),
                        each.getTicket(),
                        each.getLock(),
                        each.getHeldToken()))
            .toList();
    return new LockEvent.DeadlockFound(
        revision, clock, it.getDeadlock().getVictimTicket(), members, it.getDeadlock().getLength());
  }
}
