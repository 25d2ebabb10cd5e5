package dev.holdfast.server.watch;

import static dev.holdfast.server.watch.FakeWatcher.lock;
import static dev.holdfast.server.watch.FakeWatcher.prefix;
import static dev.holdfast.server.watch.TestEvents.granted;
import static dev.holdfast.server.watch.TestEvents.released;
import static dev.holdfast.server.watch.TestEvents.valued;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.Move;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.protocol.v1.WatchStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchDeskTest {
  private final WatchDesk desk = new WatchDesk(new WatchLimits(3, 8, 1 << 20));

  private void apply(Event... events) {
    long revision = events[events.length - 1].revision();
    desk.onApplied(List.of(events), revision, 1_000);
    desk.flush(0);
  }

  @Test
  void events_of_a_lock_are_told_in_order_with_the_revision_up_to_which_all_was_told() {
    FakeWatcher watcher = new FakeWatcher().watch(desk, lock("a", 0));
    apply(granted(1, "a"), granted(2, "b"), released(3, "a"), granted(4, "b"));
    assertThat(watcher.told()).containsExactly("started 0", "events [1, 3] complete 4");
    apply(granted(5, "b"));
    assertThat(watcher.told()).isEmpty();
    apply(granted(6, "c", "a"));
    assertThat(watcher.told()).containsExactly("events [6] complete 6");
  }

  @Test
  void an_event_about_several_watched_locks_is_told_once() {
    FakeWatcher watcher = new FakeWatcher().watch(desk, prefix("a", 0));
    apply(granted(1, "a/x", "a/y", "a"));
    assertThat(watcher.told()).containsExactly("started 0", "events [1] complete 1");
  }

  @ParameterizedTest
  @CsvSource({
    "a, a, true",
    "a, a/x, true",
    "a, a/x/1, true",
    "a, ab, false",
    "a/x, a, false",
    "a/x, a/xy, false",
    "'', b/y, true"
  })
  void a_prefix_is_a_path(String prefix, String lock, boolean told) {
    FakeWatcher watcher = new FakeWatcher().watch(desk, prefix(prefix, 0));
    apply(granted(1, lock));
    assertThat(watcher.told().contains("events [1] complete 1")).isEqualTo(told);
    // What is looked up says the same as what is compared.
    assertThat(new WatchTarget(prefix, true).covers(lock)).isEqualTo(told);
  }

  @Test
  void a_watch_from_the_past_is_told_what_the_ring_has() {
    apply(granted(1, "a"), granted(2, "b"), released(3, "a"));
    FakeWatcher watcher = new FakeWatcher().watch(desk, lock("a", 2));
    desk.flush(0);
    assertThat(watcher.told()).containsExactly("started 1", "events [3] complete 3");
  }

  @Test
  void a_watch_from_before_the_ring_is_told_to_look() {
    for (int revision = 1; revision <= 10; revision++) {
      apply(granted(revision, "a"));
    }
    FakeWatcher early = new FakeWatcher().watch(desk, lock("a", 2));
    FakeWatcher inTime = new FakeWatcher().watch(desk, lock("a", 3));
    desk.flush(0);
    assertThat(early.told()).containsExactly("started 10", "resync 10");
    assertThat(inTime.told())
        .containsExactly("started 2", "events [3, 4, 5, 6, 7, 8, 9, 10] complete 10");
  }

  @Test
  void a_watch_from_a_revision_that_nobody_has_reached_is_told_to_look() {
    apply(granted(1, "a"));
    FakeWatcher next = new FakeWatcher().watch(desk, lock("a", 2));
    FakeWatcher beyond = new FakeWatcher().watch(desk, lock("a", 3));
    desk.flush(0);
    assertThat(next.told()).containsExactly("started 1");
    assertThat(beyond.told()).containsExactly("started 1", "resync 1");
    apply(granted(2, "a"));
    assertThat(next.told()).containsExactly("events [2] complete 2");
    assertThat(beyond.told()).containsExactly("events [2] complete 2");
  }

  @Test
  void half_a_revision_in_the_ring_is_none() {
    apply(granted(1, "a"), granted(1, "a"), granted(1, "a"));
    apply(granted(2, "a"), granted(3, "a"), granted(4, "a"), granted(5, "a"), granted(6, "a"));
    apply(granted(7, "a"));
    FakeWatcher watcher = new FakeWatcher().watch(desk, lock("a", 1));
    desk.flush(0);
    assertThat(watcher.told()).containsExactly("started 7", "resync 7");
  }

  @Test
  void one_that_does_not_read_is_sent_nothing_and_then_what_it_missed() {
    FakeWatcher watcher = new FakeWatcher().watch(desk, lock("a", 0));
    watcher.room = 0;
    apply(granted(1, "a"));
    apply(released(2, "a"));
    assertThat(watcher.told()).containsExactly("started 0");
    watcher.read(desk, 5);
    desk.flush(0);
    assertThat(watcher.told()).containsExactly("events [1, 2] complete 2");
  }

  @Test
  void one_that_reads_too_slowly_is_told_to_look_and_nobody_else() {
    FakeWatcher slow = new FakeWatcher().watch(desk, lock("a", 0));
    FakeWatcher rare = new FakeWatcher().watch(desk, lock("b", 0));
    slow.room = 0;
    rare.room = 0;
    for (int revision = 1; revision <= 20; revision++) {
      apply(granted(revision, revision == 15 ? "b" : "a"));
    }
    slow.read(desk, 5);
    rare.read(desk, 5);
    desk.flush(0);
    assertThat(slow.told()).containsExactly("started 0", "resync 20");
    assertThat(rare.told()).containsExactly("started 0", "events [15] complete 20");
    apply(granted(21, "a"));
    assertThat(slow.told()).containsExactly("events [21] complete 21");
  }

  @Test
  void the_ring_is_bounded_by_bytes_too() {
    WatchDesk small = new WatchDesk(new WatchLimits(3, 1_000, 10_000));
    for (int revision = 1; revision <= 20; revision++) {
      small.onApplied(List.of(valued(revision, "a", 4_000)), revision, 0);
    }
    FakeWatcher watcher = new FakeWatcher().watch(small, lock("a", 20));
    FakeWatcher early = new FakeWatcher().watch(small, lock("a", 19));
    small.flush(0);
    assertThat(watcher.told()).containsExactly("started 19", "events [20] complete 20");
    assertThat(early.told()).containsExactly("started 20", "resync 20");
  }

  @Test
  void a_large_step_is_told_in_several_frames_and_complete_with_the_last() {
    WatchDesk large = new WatchDesk(WatchLimits.DEFAULT);
    FakeWatcher watcher = new FakeWatcher().watch(large, lock("a", 0));
    List<Event> events = new ArrayList<>();
    events.add(granted(1, "a"));
    for (int i = 0; i < 40; i++) {
      events.add(valued(2, "a", 4_096));
    }
    events.add(granted(3, "a"));
    large.onApplied(events, 4, 0);
    large.flush(0);
    List<Long> complete =
        watcher.frames.stream()
            .filter(frame -> frame.hasEvents())
            .map(frame -> frame.getEvents().getCompleteRevision())
            .toList();
    assertThat(complete).containsExactly(1L, 1L, 4L);
    assertThat(watcher.frames.stream().mapToInt(frame -> frame.getEvents().getEventsCount()).sum())
        .isEqualTo(42);
    assertThat(watcher.frames)
        .allSatisfy(
            frame -> assertThat(frame.getSerializedSize()).isLessThan(WatchDesk.FRAME_BYTES + 500));
  }

  @Test
  void a_snapshot_passes_over_those_who_were_not_there_yet() {
    FakeWatcher watcher = new FakeWatcher().watch(desk, lock("a", 0));
    desk.onRestored(7);
    desk.flush(0);
    apply(granted(8, "a"));
    assertThat(watcher.told()).containsExactly("started 0", "resync 7", "events [8] complete 8");
    desk.onRestored(8);
    desk.flush(0);
    assertThat(watcher.told()).isEmpty();
    FakeWatcher early = new FakeWatcher().watch(desk, lock("a", 8));
    desk.flush(0);
    assertThat(early.told()).containsExactly("started 8", "resync 8");
  }

  @Test
  void everybody_hears_something_every_two_seconds_unless_it_does_not_read() {
    FakeWatcher watcher = new FakeWatcher().watch(desk, lock("a", 0));
    FakeWatcher deaf = new FakeWatcher().watch(desk, lock("a", 0));
    deaf.room = 0;
    desk.onApplied(List.of(granted(1, "b")), 5, 0);
    desk.flush(WatchDesk.PROGRESS_NANOS - 1);
    assertThat(watcher.told()).containsExactly("started 0");
    assertThat(desk.nanosUntilDue(WatchDesk.PROGRESS_NANOS - 1)).isEqualTo(1);
    desk.flush(WatchDesk.PROGRESS_NANOS);
    assertThat(watcher.told()).containsExactly("progress 5");
    assertThat(deaf.told()).containsExactly("started 0");
    assertThat(desk.nanosUntilDue(WatchDesk.PROGRESS_NANOS)).isEqualTo(WatchDesk.PROGRESS_NANOS);
    desk.onGone(watcher.stream);
    desk.flush(2 * WatchDesk.PROGRESS_NANOS);
    assertThat(watcher.told()).isEmpty();
  }

  @Test
  void a_turn_has_an_end_and_the_next_one_goes_on() {
    WatchDesk many = new WatchDesk(WatchLimits.DEFAULT);
    List<FakeWatcher> watchers = new ArrayList<>();
    for (int i = 0; i < 3 * WatchDesk.FRAMES_PER_TURN; i++) {
      watchers.add(new FakeWatcher().watch(many, lock("a", 0)));
    }
    many.onApplied(List.of(granted(1, "a")), 1, 0);
    for (int turns = 1; turns <= 3; turns++) {
      assertThat(many.nanosUntilDue(0)).isZero();
      many.flush(0);
      int told = turns * WatchDesk.FRAMES_PER_TURN;
      assertThat(watchers).filteredOn(watcher -> watcher.frames.size() == 2).hasSize(told);
    }
    assertThat(many.nanosUntilDue(0)).isPositive();
  }

  @Test
  void there_is_room_for_so_many_and_a_place_is_free_again_when_one_goes() {
    List<FakeWatcher> watchers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      watchers.add(new FakeWatcher());
      assertThat(desk.take(watchers.get(i).stream, lock("a", 0))).isNull();
    }
    Refused refused = Objects.requireNonNull(desk.take(new FakeWatcher().stream, lock("a", 0)));
    assertThat(refused.getReason()).isEqualTo(RefusalReason.TOO_MANY_WATCHERS);
    assertThat(refused.getDetail()).contains("watches.watchers-max");
    desk.onGone(watchers.get(0).stream);
    desk.begin(watchers.get(1).stream, WatchStarted.getDefaultInstance(), 0);
    desk.onGone(watchers.get(1).stream);
    desk.onGone(watchers.get(1).stream);
    assertThat(desk.count()).isEqualTo(1);
    assertThat(desk.take(new FakeWatcher().stream, lock("a", 0))).isNull();
  }

  @Test
  void what_cannot_be_watched_is_refused_with_what_to_do() {
    assertThat(reasonFor(lock("a//b", 0))).isEqualTo(RefusalReason.INVALID_NAME);
    assertThat(reasonFor(lock("", 0))).isEqualTo(RefusalReason.INVALID_NAME);
    assertThat(reasonFor(prefix("a/", 0))).isEqualTo(RefusalReason.INVALID_NAME);
    assertThat(reasonFor(lock("a", -1))).isEqualTo(RefusalReason.INVALID_REQUEST);
    assertThat(reasonFor(WatchRequest.getDefaultInstance()))
        .isEqualTo(RefusalReason.INVALID_REQUEST);
    assertThat(desk.count()).isZero();
  }

  private RefusalReason reasonFor(WatchRequest request) {
    Refused refused = Objects.requireNonNull(desk.take(new FakeWatcher().stream, request));
    assertThat(refused.getDetail()).isNotEmpty();
    return refused.getReason();
  }

  @Test
  void all_are_sent_away_those_who_wait_to_begin_as_well() {
    FakeWatcher waiting = new FakeWatcher();
    assertThat(desk.take(waiting.stream, lock("a", 0))).isNull();
    FakeWatcher watcher = new FakeWatcher().watch(desk, lock("a", 0));
    watcher.room = 0;
    desk.moveAll(Move.newBuilder().setDetail("stopping").build());
    assertThat(watcher.told()).containsExactly("started 0", "move stopping");
    assertThat(waiting.told()).containsExactly("move stopping");
    assertThat(watcher.ended && waiting.ended).isTrue();
    assertThat(desk.isWaiting(waiting.stream)).isFalse();
    assertThat(desk.count()).isZero();
    apply(granted(1, "a"));
    assertThat(watcher.told()).isEmpty();
  }
}
