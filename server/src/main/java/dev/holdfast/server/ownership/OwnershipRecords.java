package dev.holdfast.server.ownership;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.OwnershipChanged;
import dev.holdfast.protocol.v1.OwnershipEnded;
import dev.holdfast.protocol.v1.OwnershipGap;
import dev.holdfast.protocol.v1.OwnershipReached;
import dev.holdfast.protocol.v1.OwnershipRecord;
import dev.holdfast.protocol.v1.OwnershipTaken;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Says what happened to grants in the words of the file. */
final class OwnershipRecords {
  private OwnershipRecords() {}

  /** Whether an event is about who holds what. */
  static boolean isRecorded(Event event) {
    return event instanceof Event.LockGranted
        || event instanceof Event.LockConverted
        || event instanceof Event.LockReleased;
  }

  /**
   * The record of an event; null if it is about something else.
   *
   * @param labels the label of a session; empty if it is not known
   */
  static @Nullable OwnershipRecord of(
      Event event, long clockMillis, long wallMillis, LongFunction<String> labels) {
    OwnershipRecord.Builder record =
        OwnershipRecord.newBuilder()
            .setRevision(event.revision())
            .setClockMillis(clockMillis)
            .setWallMillis(wallMillis);
    return switch (event) {
      case Event.LockGranted granted -> record.setTaken(taken(granted, labels)).build();
      case Event.LockConverted converted -> record.setChanged(changed(converted, labels)).build();
      case Event.LockReleased released -> record.setEnded(ended(released, labels)).build();
      case Event.SessionOpened _,
          Event.SessionEnded _,
          Event.RequestQueued _,
          Event.RequestPassed _,
          Event.RequestLeft _,
          Event.DeadlockFound _,
          Event.ReservationEnded _,
          Event.LockValueChanged _,
          Event.FileAppended _,
          Event.FileRolledBack _,
          Event.FileDeleted _,
          Event.RevocationRequested _ ->
          null;
    };
  }

  private static OwnershipTaken taken(Event.LockGranted event, LongFunction<String> labels) {
    return OwnershipTaken.newBuilder()
        .setSessionId(event.sessionId())
        .setOwner(event.owner())
        .setLabel(labels.apply(event.sessionId()))
        .addAllDemands(event.demands())
        .setExpiresAtMillis(event.expiresAtMillis())
        .setWaitedMillis(event.waitedMillis())
        .setCause(event.cause().name())
        .setReplacedToken(event.replacedToken())
        .build();
  }

  private static OwnershipChanged changed(Event.LockConverted event, LongFunction<String> labels) {
    return OwnershipChanged.newBuilder()
        .setToken(event.token())
        .setSessionId(event.sessionId())
        .setOwner(event.owner())
        .setLabel(labels.apply(event.sessionId()))
        .addAllBefore(event.before())
        .addAllDemands(event.demands())
        .build();
  }

  private static OwnershipEnded ended(Event.LockReleased event, LongFunction<String> labels) {
    return OwnershipEnded.newBuilder()
        .setToken(event.token())
        .setSessionId(event.sessionId())
        .setOwner(event.owner())
        .setLabel(labels.apply(event.sessionId()))
        .addAllDemands(event.demands())
        .setEnd(event.end().name())
        .setOperator(event.operator())
        .setReason(event.reason())
        .setReservedUntilMillis(event.reservedUntilMillis())
        .build();
  }

  static OwnershipRecord gap(
      long from, long to, OwnershipGap.Why why, long clockMillis, long wallMillis) {
    return OwnershipRecord.newBuilder()
        .setRevision(to)
        .setClockMillis(clockMillis)
        .setWallMillis(wallMillis)
        .setGap(OwnershipGap.newBuilder().setFromRevision(from).setToRevision(to).setWhy(why))
        .build();
  }

  static OwnershipRecord reached(long revision, long clockMillis, long wallMillis) {
    return OwnershipRecord.newBuilder()
        .setRevision(revision)
        .setClockMillis(clockMillis)
        .setWallMillis(wallMillis)
        .setReached(OwnershipReached.getDefaultInstance())
        .build();
  }
}
