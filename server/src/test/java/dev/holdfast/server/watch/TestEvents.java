package dev.holdfast.server.watch;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.DeadlockMember;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Events by hand and by chance. */
final class TestEvents {
  private static final List<String> NAMES = List.of("a", "a/x", "a/x/1", "ab", "b", "b/y");

  private TestEvents() {}

  static Event granted(long revision, String... locks) {
    return new Event.LockGranted(
        revision, revision, 1, "main", demands(locks), 0, 0, Event.GrantCause.REQUESTED, 0);
  }

  static Event released(long revision, String... locks) {
    return new Event.LockReleased(
        revision, 1, 1, "main", demands(locks), Event.GrantEnd.RELEASED, "", "", 0);
  }

  static Event valued(long revision, String lock, int bytes) {
    return new Event.LockValueChanged(
        revision, lock, ByteString.copyFrom(new byte[bytes]), true, 1);
  }

  static List<Demand> demands(String... locks) {
    return Stream.of(locks)
        .map(lock -> Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X).build())
        .toList();
  }

  static String name(RandomGenerator random) {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  static Event any(RandomGenerator random, long revision) {
    String lock = name(random);
    return switch (random.nextInt(12)) {
      case 0 -> new Event.SessionOpened(revision, 1, "c", "l");
      case 1 -> new Event.SessionEnded(revision, 1, Event.SessionEnd.EXPIRED);
      case 2 -> new Event.RequestQueued(revision, 1, 2, "main", demands(lock, "c"), 0, 0);
      case 3 -> new Event.RequestPassed(revision, 1, 1, 2, lock, 1);
      case 4 ->
          new Event.RequestLeft(
              revision, 1, 1, 2, Event.QueueExit.TIMED_OUT, demands(lock, name(random)));
      case 5 -> released(revision, lock);
      case 6 -> new Event.LockConverted(revision, 1, 1, "main", demands(lock), demands(lock));
      case 7 -> new Event.ReservationEnded(revision, 1, demands(lock), "", "");
      case 8 -> valued(revision, lock, random.nextInt(4_097));
      case 9 -> new Event.RevocationRequested(revision, 1, 1, 2, "", "please", demands(lock));
      case 10 ->
          new Event.DeadlockFound(
              revision,
              Deadlock.newBuilder()
                  .addMembers(DeadlockMember.newBuilder().setLock(lock))
                  .addMembers(DeadlockMember.newBuilder().setLock(name(random)))
                  .build());
      default -> granted(revision, lock, name(random));
    };
  }
}
