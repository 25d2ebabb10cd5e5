package dev.holdfast.server.watch;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.DeadlockMember;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockEvent;
import java.util.List;
import java.util.function.Predicate;

/** What the core's events are about, and how they are told to watchers. */
final class EventContents {
  /** About what an event takes, with its slot and its message, besides the following. */
  private static final int BYTES_OF_EVENT = 300;

  private static final int BYTES_OF_DEMAND = 100;
  private static final int BYTES_OF_MEMBER = 400;

  private EventContents() {}

  /** Whether an event is about locks at all. */
  static boolean isAboutLocks(Event event) {
    return switch (event) {
      case Event.SessionOpened _,
          Event.SessionEnded _,
          Event.FileAppended _,
          Event.FileRolledBack _,
          Event.FileDeleted _ ->
          false;
      default -> true;
    };
  }

  /** Whether the name of any lock that an event is about passes a test; asked in order. */
  static boolean anyLock(Event event, Predicate<String> test) {
    return switch (event) {
      case Event.RequestQueued it -> anyOf(it.demands(), test);
      case Event.RequestPassed it -> test.test(it.lock());
      case Event.RequestLeft it -> anyOf(it.demands(), test);
      case Event.LockGranted it -> anyOf(it.demands(), test);
      // A conversion names the same locks before and after.
      case Event.LockConverted it -> anyOf(it.demands(), test);
      case Event.LockReleased it -> anyOf(it.demands(), test);
      case Event.ReservationEnded it -> anyOf(it.demands(), test);
      case Event.LockValueChanged it -> test.test(it.lock());
      case Event.RevocationRequested it -> anyOf(it.demands(), test);
      case Event.DeadlockFound it -> anyMember(it.deadlock().getMembersList(), test);
      case Event.SessionOpened _,
          Event.SessionEnded _,
          Event.FileAppended _,
          Event.FileRolledBack _,
          Event.FileDeleted _ ->
          false;
    };
  }

  private static boolean anyOf(List<Demand> demands, Predicate<String> test) {
    for (Demand demand : demands) {
      if (test.test(demand.getLock())) {
        return true;
      }
    }
    return false;
  }

  private static boolean anyMember(List<DeadlockMember> members, Predicate<String> test) {
    for (DeadlockMember member : members) {
      if (test.test(member.getLock())) {
        return true;
      }
    }
    return false;
  }

  /** About the memory that an event takes here. */
  static int bytesOf(Event event) {
    return BYTES_OF_EVENT
        + switch (event) {
          case Event.RequestQueued it -> bytesOf(it.demands());
          case Event.RequestPassed it -> it.lock().length();
          case Event.RequestLeft it -> bytesOf(it.demands());
          case Event.LockGranted it -> bytesOf(it.demands());
          case Event.LockConverted it -> bytesOf(it.before()) + bytesOf(it.demands());
          case Event.LockReleased it -> bytesOf(it.demands()) + it.reason().length();
          case Event.ReservationEnded it -> bytesOf(it.demands()) + it.reason().length();
          case Event.LockValueChanged it -> {
            var value = it.value();
            yield it.lock().length() + (value == null ? 0 : 2 * value.size());
          }
          case Event.RevocationRequested it -> bytesOf(it.demands()) + it.detail().length();
          case Event.DeadlockFound it -> it.deadlock().getMembersCount() * BYTES_OF_MEMBER;
          case Event.SessionOpened _,
              Event.SessionEnded _,
              Event.FileAppended _,
              Event.FileRolledBack _,
              Event.FileDeleted _ ->
              0;
        };
  }

  private static int bytesOf(List<Demand> demands) {
    int bytes = 0;
    for (Demand demand : demands) {
      bytes += BYTES_OF_DEMAND + demand.getLock().length();
    }
    return bytes;
  }

  /** An event about locks as watchers are told of it. */
  static LockEvent message(Event event, long clockMillis) {
    LockEvent.Builder message =
        LockEvent.newBuilder().setRevision(event.revision()).setClockMillis(clockMillis);
    switch (event) {
      case Event.RequestQueued it -> message.setQueued(queued(it));
      case Event.RequestPassed it -> message.setPassed(passed(it));
      case Event.RequestLeft it -> message.setLeft(left(it));
      case Event.LockGranted it -> message.setGranted(granted(it));
      case Event.LockConverted it -> message.setConverted(converted(it));
      case Event.LockReleased it -> message.setReleased(released(it));
      case Event.ReservationEnded it -> message.setReservationEnded(reservationEnded(it));
      case Event.LockValueChanged it -> message.setValueChanged(valueChanged(it));
      case Event.RevocationRequested it -> message.setRevocationRequested(revocation(it));
      case Event.DeadlockFound it ->
          message.setDeadlockFound(LockEvent.DeadlockFound.newBuilder().setDeadlock(it.deadlock()));
      case Event.SessionOpened _,
          Event.SessionEnded _,
          Event.FileAppended _,
          Event.FileRolledBack _,
          Event.FileDeleted _ ->
          throw new IllegalArgumentException("is about no lock: " + event);
    }
    return message.build();
  }

  private static LockEvent.Queued.Builder queued(Event.RequestQueued it) {
    return LockEvent.Queued.newBuilder()
        .setSessionId(it.sessionId())
        .setSequence(it.sequence())
        .setOwner(it.owner())
        .addAllDemands(it.demands())
        .setPriority(it.priority())
        .setConvertsToken(it.convertsToken());
  }

  private static LockEvent.Passed.Builder passed(Event.RequestPassed it) {
    return LockEvent.Passed.newBuilder()
        .setTicket(it.ticket())
        .setSessionId(it.sessionId())
        .setSequence(it.sequence())
        .setLock(it.lock())
        .setPassedTicket(it.passedTicket());
  }

  private static LockEvent.Left.Builder left(Event.RequestLeft it) {
    return LockEvent.Left.newBuilder()
        .setTicket(it.ticket())
        .setSessionId(it.sessionId())
        .setSequence(it.sequence())
        .setExit(
            switch (it.exit()) {
              case CANCELLED -> LockEvent.Exit.EXIT_CANCELLED;
              case TIMED_OUT -> LockEvent.Exit.EXIT_TIMED_OUT;
              case SESSION_ENDED -> LockEvent.Exit.EXIT_SESSION_ENDED;
              case DEADLOCK_VICTIM -> LockEvent.Exit.EXIT_DEADLOCK_VICTIM;
              case GRANT_ENDED -> LockEvent.Exit.EXIT_GRANT_ENDED;
              case QUEUE_FULL -> LockEvent.Exit.EXIT_QUEUE_FULL;
            })
        .addAllDemands(it.demands());
  }

  private static LockEvent.Granted.Builder granted(Event.LockGranted it) {
    return LockEvent.Granted.newBuilder()
        .setSessionId(it.sessionId())
        .setOwner(it.owner())
        .addAllDemands(it.demands())
        .setTicket(it.ticket())
        .setWaitedMillis(it.waitedMillis())
        .setExpiresAtMillis(it.expiresAtMillis())
        .setCause(
            switch (it.cause()) {
              case REQUESTED -> LockEvent.Cause.CAUSE_REQUESTED;
              case EXTENDED -> LockEvent.Cause.CAUSE_EXTENDED;
              case CONVERTED -> LockEvent.Cause.CAUSE_CONVERTED;
              case HANDED_OVER -> LockEvent.Cause.CAUSE_HANDED_OVER;
            })
        .setReplacedToken(it.replacedToken());
  }

  private static LockEvent.Converted.Builder converted(Event.LockConverted it) {
    return LockEvent.Converted.newBuilder()
        .setToken(it.token())
        .setSessionId(it.sessionId())
        .setOwner(it.owner())
        .addAllBefore(it.before())
        .addAllDemands(it.demands());
  }

  private static LockEvent.Released.Builder released(Event.LockReleased it) {
    return LockEvent.Released.newBuilder()
        .setToken(it.token())
        .setSessionId(it.sessionId())
        .addAllDemands(it.demands())
        .setEnd(
            switch (it.end()) {
              case RELEASED -> LockEvent.End.END_RELEASED;
              case EXTENDED -> LockEvent.End.END_EXTENDED;
              case LEASE_EXPIRED -> LockEvent.End.END_LEASE_EXPIRED;
              case SESSION_CLOSED -> LockEvent.End.END_SESSION_CLOSED;
              case SESSION_EXPIRED -> LockEvent.End.END_SESSION_EXPIRED;
              case FORCE_RELEASED -> LockEvent.End.END_FORCE_RELEASED;
              case CONVERTED -> LockEvent.End.END_CONVERTED;
              case HANDED_OVER -> LockEvent.End.END_HANDED_OVER;
            })
        .setOperator(it.operator())
        .setReason(it.reason())
        .setReservedUntilMillis(it.reservedUntilMillis());
  }

  private static LockEvent.ReservationEnded.Builder reservationEnded(Event.ReservationEnded it) {
    return LockEvent.ReservationEnded.newBuilder()
        .setToken(it.token())
        .addAllDemands(it.demands())
        .setOperator(it.operator())
        .setReason(it.reason());
  }

  private static LockEvent.ValueChanged.Builder valueChanged(Event.LockValueChanged it) {
    LockEvent.ValueChanged.Builder changed =
        LockEvent.ValueChanged.newBuilder()
            .setLock(it.lock())
            .setValid(it.valid())
            .setToken(it.token());
    var value = it.value();
    return value == null ? changed : changed.setValue(value);
  }

  private static LockEvent.RevocationRequested.Builder revocation(Event.RevocationRequested it) {
    return LockEvent.RevocationRequested.newBuilder()
        .setToken(it.token())
        .setSessionId(it.sessionId())
        .setBySessionId(it.bySessionId())
        .setOperator(it.operator())
        .setDetail(it.detail())
        .addAllDemands(it.demands());
  }
}
