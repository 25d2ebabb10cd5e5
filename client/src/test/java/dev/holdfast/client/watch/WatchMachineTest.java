package dev.holdfast.client.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.protocol.v1.LockEvent;
import dev.holdfast.protocol.v1.Move;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.WatchEvents;
import dev.holdfast.protocol.v1.WatchFrame;
import dev.holdfast.protocol.v1.WatchProgress;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.protocol.v1.WatchResync;
import dev.holdfast.protocol.v1.WatchStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WatchMachineTest {
  private static final long SECOND = 1_000_000_000;

  private final List<String> story = new ArrayList<>();
  private long nowNanos = 1;
  private boolean takes = true;
  private WatchMachine machine = machine(0);

  private WatchMachine machine(long from) {
    return new WatchMachine(
        List.of("n1:1", "n2:1"),
        true,
        WatchRequest.newBuilder().setLock("a").setFromRevision(from).build(),
        RetryPolicy.DEFAULT,
        () -> nowNanos,
        new Random(7),
        new Told(),
        new Told());
  }

  /** Writes down what the machine does and tells. */
  private final class Told implements WatchTransport, WatchObserver {
    @Override
    public void open(int stream, String endpoint, WatchRequest request) {
      story.add("open " + stream + " " + endpoint + " from " + request.getFromRevision());
    }

    @Override
    public void readOneMore(int stream) {
      story.add("read " + stream);
    }

    @Override
    public void drop(int stream) {
      story.add("drop " + stream);
    }

    @Override
    public void started(long revision) {
      story.add("started " + revision);
    }

    @Override
    public void happened(List<LockEvent> events) {
      story.add("happened " + events.stream().map(LockEvent::getRevision).toList());
    }

    @Override
    public void passedOver(long revision) {
      story.add("look " + revision);
    }

    @Override
    public void disturbed(String why) {
      story.add("disturbed");
    }

    @Override
    public void ended(@Nullable Refused refused) {
      story.add("ended " + (refused == null ? "" : refused.getReason()));
    }
  }

  private List<String> story() {
    machine.advance();
    List<String> told = new ArrayList<>(story);
    story.clear();
    return told;
  }

  private void hear(int stream, WatchFrame.Builder frame) {
    machine.frameArrived(stream, frame.build());
    boolean tells =
        story.stream().reduce((first, last) -> last).stream()
            .anyMatch(line -> line.matches("(started|happened|look).*"));
    if (takes && tells) {
      machine.taken();
    }
  }

  private static WatchFrame.Builder started(long revision) {
    return WatchFrame.newBuilder().setStarted(WatchStarted.newBuilder().setRevision(revision));
  }

  private static WatchFrame.Builder events(long complete, long... revisions) {
    WatchEvents.Builder events = WatchEvents.newBuilder().setCompleteRevision(complete);
    for (long revision : revisions) {
      events.addEvents(LockEvent.newBuilder().setRevision(revision));
    }
    return WatchFrame.newBuilder().setEvents(events);
  }

  private static WatchFrame.Builder progress(long revision) {
    return WatchFrame.newBuilder().setProgress(WatchProgress.newBuilder().setRevision(revision));
  }

  private static WatchFrame.Builder resync(long revision) {
    return WatchFrame.newBuilder().setResync(WatchResync.newBuilder().setRevision(revision));
  }

  private static WatchFrame.Builder refused(RefusalReason reason) {
    return WatchFrame.newBuilder().setRefused(Refused.newBuilder().setReason(reason));
  }

  private void begin() {
    assertThat(story()).containsExactly("open 1 n1:1 from 0");
    hear(1, started(10));
    assertThat(story()).containsExactly("started 10", "read 1");
  }

  @Test
  void a_broken_stream_goes_on_at_the_next_endpoint_behind_what_is_complete() {
    begin();
    hear(1, events(15, 11, 13));
    hear(1, progress(20));
    machine.streamClosed(1, "reset");
    assertThat(story())
        .containsExactly(
            "happened [11, 13]", "read 1", "read 1", "drop 1", "disturbed", "open 2 n2:1 from 21");
    hear(2, started(20));
    hear(2, events(22, 21));
    assertThat(story()).containsExactly("read 2", "happened [21]", "read 2");
  }

  @Test
  void one_that_never_began_asks_for_now_again() {
    assertThat(story()).containsExactly("open 1 n1:1 from 0");
    machine.streamClosed(1, "refused");
    assertThat(story()).containsExactly("drop 1", "disturbed", "open 2 n2:1 from 0");
  }

  @Test
  void what_was_told_of_an_unfinished_revision_is_left_out_when_it_comes_again() {
    begin();
    hear(1, events(11, 11, 12, 12));
    machine.streamClosed(1, "reset");
    story();
    assertThat(machine.completeRevision()).isEqualTo(11);
    hear(2, started(11));
    story();
    hear(2, events(11, 12));
    hear(2, events(12, 12, 12, 12));
    assertThat(story()).contains("happened [12, 12]");
    assertThat(machine.completeRevision()).isEqualTo(12);
    hear(2, events(13, 13, 13));
    assertThat(story()).contains("happened [13, 13]");
  }

  @Test
  void after_a_resync_nothing_is_left_out() {
    begin();
    hear(1, events(11, 12, 12));
    machine.streamClosed(1, "reset");
    story();
    hear(2, started(30));
    hear(2, resync(30));
    hear(2, events(31, 31, 31));
    assertThat(story()).containsSubsequence("look 30", "happened [31, 31]");
    machine.streamClosed(2, "reset");
    nowNanos += SECOND;
    assertThat(story()).contains("open 3 n1:1 from 32");
  }

  @Test
  void nothing_is_read_while_the_listener_is_busy_and_its_silence_is_nobodys_fault() {
    begin();
    takes = false;
    hear(1, events(11, 11));
    assertThat(story()).containsExactly("happened [11]");
    nowNanos += 100 * SECOND;
    assertThat(story()).isEmpty();
    assertThat(machine.nextWakeNanos()).isEqualTo(Long.MAX_VALUE);
    machine.streamClosed(1, "reset");
    assertThat(story()).containsExactly("drop 1", "disturbed");
    machine.taken();
    assertThat(story()).containsExactly("open 2 n2:1 from 12");
  }

  @Test
  void a_silent_node_is_left() {
    begin();
    nowNanos += 6 * SECOND - 1;
    assertThat(story()).isEmpty();
    nowNanos++;
    assertThat(story()).containsExactly("drop 1", "disturbed");
    assertThat(story()).containsExactly("open 2 n2:1 from 11");
    nowNanos += 5 * SECOND;
    assertThat(story()).containsExactly("drop 2", "disturbed");
  }

  @Test
  void a_node_that_sends_away_says_where_to_go() {
    begin();
    hear(1, WatchFrame.newBuilder().setMove(Move.newBuilder().addEndpoints("n3:1")));
    assertThat(story()).containsExactly("drop 1", "disturbed", "open 2 n3:1 from 11");
  }

  @Test
  void patience_grows_when_nobody_takes_it_in() {
    List<Long> delays = new ArrayList<>();
    for (int stream = 1; stream <= 8; stream++) {
      machine.advance();
      hear(stream, refused(RefusalReason.TOO_MANY_WATCHERS));
      delays.add(machine.nextWakeNanos() - nowNanos);
      nowNanos = machine.nextWakeNanos();
    }
    assertThat(delays.get(0)).isZero();
    assertThat(delays.get(7)).isGreaterThan(delays.get(2)).isGreaterThan(SECOND / 2);
  }

  @Test
  void what_is_refused_for_good_ends_the_watch() {
    story();
    hear(1, refused(RefusalReason.INVALID_NAME));
    assertThat(story()).containsExactly("drop 1", "ended INVALID_NAME");
    machine.close();
    machine.streamClosed(1, "gone");
    assertThat(story()).isEmpty();
    assertThat(machine.isOver()).isTrue();
  }

  @Test
  void a_closed_watch_hears_nothing() {
    begin();
    machine.close();
    hear(1, events(11, 11));
    assertThat(story()).containsExactly("drop 1", "ended ");
    assertThat(machine.nextWakeNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_watch_from_the_past_that_a_node_remembers_begins_before_it() {
    machine = machine(5);
    assertThat(story()).containsExactly("open 1 n1:1 from 5");
    hear(1, started(4));
    hear(1, events(7, 5, 6));
    assertThat(story()).containsExactly("started 4", "read 1", "happened [5, 6]", "read 1");
  }

  @Test
  void a_frame_of_a_later_version_is_passed_over() {
    begin();
    hear(1, WatchFrame.newBuilder());
    assertThat(story()).contains("read 1");
  }
}
