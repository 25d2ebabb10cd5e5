package dev.holdfast.replication.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.peer.Incumbents.Verdict.TurnedAway;
import dev.holdfast.replication.peer.Incumbents.Verdict.Welcome;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IncumbentsTest {
  private static final NodeId N2 = new NodeId("n2");
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Incumbents incumbents = new Incumbents();
  private final Stream original = new Stream("10.0.0.2:40000");
  private final Stream other = new Stream("10.0.0.9:50000");

  @Test
  void second_process_is_turned_away_while_the_first_is_heard() {
    assertThat(greet(1, original, 0)).isEqualTo(new Welcome(List.of()));
    original.lastHeardNanos = 9 * SECOND;
    assertThat(greet(2, other, 10 * SECOND))
        .isInstanceOfSatisfying(
            TurnedAway.class,
            verdict ->
                assertThat(verdict.reason())
                    .contains("0000000000000001", "host-1:5472", "10.0.0.2:40000"));
  }

  @Test
  void all_streams_of_one_process_are_welcome() {
    greet(1, original, 0);
    assertThat(greet(1, other, SECOND)).isEqualTo(new Welcome(List.of()));
    // It is still heard on the other one.
    other.lastHeardNanos = 8 * SECOND;
    assertThat(greet(2, new Stream("x"), 9 * SECOND)).isInstanceOf(TurnedAway.class);
    incumbents.leave(N2, other);
    assertThat(greet(2, new Stream("x"), 9 * SECOND)).isInstanceOf(Welcome.class);
  }

  @Test
  void process_that_has_no_stream_left_leaves_the_name_at_once() {
    greet(1, original, 0);
    incumbents.leave(N2, original);
    assertThat(greet(2, other, 1)).isEqualTo(new Welcome(List.of()));
  }

  @Test
  void process_that_is_silent_for_too_long_is_replaced_and_its_streams_are_hushed() {
    greet(1, original, 0);
    assertThat(greet(2, other, Incumbents.SILENCE_MAX_NANOS - 1)).isInstanceOf(TurnedAway.class);
    assertThat(greet(2, other, Incumbents.SILENCE_MAX_NANOS))
        .isEqualTo(new Welcome(List.of(original)));
    other.lastHeardNanos = Incumbents.SILENCE_MAX_NANOS;
    incumbents.leave(N2, original);
    assertThat(greet(1, original, Incumbents.SILENCE_MAX_NANOS + 1))
        .as("the first one, which was only paused")
        .isInstanceOf(TurnedAway.class);
  }

  @Test
  void log_says_each_newcomer_once() {
    greet(1, original, 0);
    assertThat(greet(2, other, 1)).extracting("repeated").isEqualTo(false);
    assertThat(greet(2, other, 2)).extracting("repeated").isEqualTo(true);
    assertThat(greet(3, other, 3)).extracting("repeated").isEqualTo(false);
  }

  @Test
  void release_without_process_numbers_is_welcome_and_takes_no_name() {
    assertThat(incumbents.greet(greeting(null), original, 0)).isInstanceOf(Welcome.class);
    assertThat(greet(2, other, 1)).isInstanceOf(Welcome.class);
    assertThat(incumbents.greet(greeting(null), original, 2)).isInstanceOf(Welcome.class);
  }

  @Test
  void other_nodes_are_others() {
    greet(1, original, 0);
    assertThat(
            incumbents.greet(
                new Greeting("c", new NodeId("n3"), new ProcessNumber(2), ""), other, 1))
        .isInstanceOf(Welcome.class);
  }

  private Incumbents.Verdict greet(long process, Stream stream, long nowNanos) {
    return incumbents.greet(greeting(new ProcessNumber(process)), stream, nowNanos);
  }

  private static Greeting greeting(@Nullable ProcessNumber process) {
    return new Greeting(
        "c", N2, process, process == null ? "" : "host-" + process.value() + ":5472");
  }

  private static final class Stream implements Incumbents.Voice {
    private final String from;
    private long lastHeardNanos;

    Stream(String from) {
      this.from = from;
    }

    @Override
    public long lastHeardNanos() {
      return lastHeardNanos;
    }

    @Override
    public String from() {
      return from;
    }

    @Override
    public void hush() {
      throw new AssertionError("whoever asked does that");
    }
  }
}
