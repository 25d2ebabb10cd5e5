package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.LockEvent;
import dev.holdfast.client.Mode;
import dev.holdfast.client.WatchListener;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code holdfast watch} and {@code holdfast elect --observe}. */
class WatchCommandsTest {
  private final FakeCluster cluster = new FakeCluster();

  private Ran run(String... args) {
    return Ran.of(cluster, args);
  }

  private static final LockEvent GRANTED =
      new LockEvent.Granted(
          16,
          1_000,
          13,
          "ma\u001bin",
          List.of(new LockEvent.Part("orders/42", Mode.X, 0, 0)),
          15,
          1_200,
          0,
          LockEvent.Cause.REQUESTED,
          0);

  private static final LockEvent TAKEN =
      new LockEvent.Released(
          17,
          1_000,
          16,
          13,
          List.of(new LockEvent.Part("pool", null, 2, 10)),
          LockEvent.End.FORCE_RELEASED,
          "alice",
          "stuck",
          0);

  private void tell(WatchListener listener) {
    listener.started(11);
    listener.happened(GRANTED);
    listener.resync(15);
    listener.happened(TAKEN);
    listener.happened(TAKEN);
  }

  @Test
  void watch_writes_a_line_for_each_event() {
    cluster.news = this::tell;
    assertThat(run("watch", "orders/42", "--from", "12", "--count", "2"))
        .isEqualTo(
            new Ran(
                0,
                """
                       16  granted               orders/42:X to session 13 (ma\\u001bin), waited 1.2s
                       15  resync                events may have been missed up to here: look
                       17  released              pool:2/10 token 16 of session 13: force released by alice (stuck)
                """,
                """
                holdfast: watching orders/42 after revision 11
                """));
    assertThat(cluster.log).containsExactly("watch orders/42 from 12");
  }

  @Test
  void watch_in_json_is_an_object_a_line_and_ends_when_it_has_seen_enough() {
    cluster.news = this::tell;
    Ran ran = run("watch", "--prefix", "", "-o", "json", "--count", "1");
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out().lines().findFirst().orElseThrow())
        .startsWith("{\"event\":\"granted\",\"revision\":16,\"clock_ms\":1000,\"token\":16,")
        .contains("\"demands\":[{\"lock\":\"orders/42\",\"mode\":\"X\",\"permits\":null,");
    assertThat(cluster.log).containsExactly("watch all locks from 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "watch",
        "watch a --prefix b",
        "watch --prefix a/",
        "watch a --count 0",
        "watch a --from -1",
        "elect a",
        "elect a --observe -- b",
        "elect a --observe --value v",
        "elect a --observe --count 0",
        "elect a --count 2 -- b"
      })
  void what_makes_no_sense_to_watch_or_elect_is_a_wrong_command_line(String line) {
    assertThat(run(line.split(" ")).exitCode()).isEqualTo(64);
  }

  @Test
  void elect_tells_who_leads() {
    assertThat(run("elect", "jobs", "--observe", "--count", "1"))
        .isEqualTo(new Ran(0, "nobody leads\n", ""));
    assertThat(run("elect", "jobs", "--observe", "--count", "1", "-o", "json").out().strip())
        .isEqualTo(
            "{\"leads\":false,\"token\":null,\"session\":null,\"owner\":null,\"value\":null}");
    assertThat(cluster.log).containsExactly("observe jobs", "observe jobs");
  }
}
