package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.log.v1.SnapshotRecord;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Convert;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Request;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The refusals that take thousands of commands to come by. */
class LimitsTest {
  private final Script script = new Script();

  @Test
  void answers_that_nobody_acknowledges_stop_new_acquires_but_not_releases() {
    script.run("open a");
    String first = script.run("preempt a#1 x");
    for (int i = 2; i <= Limits.STORED_ANSWERS_MAX; i++) {
      script.run("cancel a#" + i);
    }
    assertThat(first).contains("GRANTED token=3");
    assertThat(script.run("preempt a#5000 y")).startsWith("a#5000 TOO_MANY_ANSWERS");
    assertThat(script.run("release a#5001 token=3")).startsWith("a#5001 RELEASED");
    // Acknowledging makes room; the refused number was not used up.
    assertThat(script.run("preempt a#5000 y ack=1000")).startsWith("a#5000 GRANTED");
  }

  @Test
  void session_with_too_many_waiting_requests_gets_no_further_ones() {
    script.run("open a");
    script.run("open b");
    script.run("acquire a#1 x");
    for (int i = 1; i <= Limits.WAITING_PER_SESSION_MAX; i++) {
      assertThat(script.run("acquire b#" + i + " x")).contains("QUEUED");
    }
    assertThat(script.run("acquire b#5000 x")).startsWith("b#5000 TOO_MANY_REQUESTS");
    assertThat(script.run("cancel b#7")).startsWith("b#7 CANCELLED");
    assertThat(script.run("acquire b#5000 x")).contains("QUEUED");
  }

  @Test
  void answers_beyond_the_hard_bound_count_as_acknowledged() {
    script.run("open a");
    script.run("preempt a#1 x");
    script.run("acquire a#2 x owner=o");
    for (int i = 3; i <= Limits.KEPT_ANSWERS_MAX + 2; i++) {
      script.run("resolve a#" + i);
    }
    // The first, the grant's, was the oldest; the waiting request has no answer yet.
    assertThat(script.run("preempt a#1 x")).startsWith("a#1 STALE_REQUEST");
    assertThat(script.run("resolve a#2")).startsWith("a#2 QUEUED");
    assertThat(script.run("resolve a#4")).startsWith("a#4 CANCELLED");
    script.run("resolve a#9000");
    assertThat(script.run("resolve a#3")).startsWith("a#3 STALE_REQUEST");
    assertThat(script.run("reload")).isEqualTo("same state\n");
  }

  @Test
  void answer_to_a_number_that_was_acknowledged_while_it_waited_is_not_kept() {
    script.run("open a");
    script.run("preempt a#1 x");
    script.run("acquire a#2 x owner=o");
    script.run("cancel a#3 ack=3");
    assertThat(script.run("release a#4 token=a#1")).contains("a#2 GRANTED");
    assertThat(script.machine().state().answers.size()).isEqualTo(2);
  }

  @Test
  void session_may_not_ask_for_any_number_of_locks() {
    assertThat(script.run("open a locks=1000001")).isEqualTo("not opened: INVALID_REQUEST @1\n");
    assertThat(script.run("by b/1 preempt x locks=1000001")).contains("INVALID_REQUEST");
    assertThat(script.run("open a locks=1000000")).startsWith("opened a");
  }

  @Test
  void nothing_is_kept_of_a_demand_but_what_it_demands() {
    script.run("open a");
    UnknownFieldSet padding =
        UnknownFieldSet.newBuilder()
            .addField(
                1_000, Field.newBuilder().addLengthDelimited(bytes("x".repeat(100_000))).build())
            .build();
    Demand.Builder x = Demand.newBuilder().setLock("x").setUnknownFields(padding);
    Acquire.Builder acquire =
        Acquire.newBuilder().setOwner("t").addDemands(x.setMode(LockMode.LOCK_MODE_X));
    apply(Request.newBuilder().setSequence(1).setAcquire(acquire));
    apply(Request.newBuilder().setSequence(2).setAcquire(acquire.setOwner("u").setWaitMillis(-1)));
    Convert.Builder convert =
        Convert.newBuilder().setToken(3).addDemands(x.setMode(LockMode.LOCK_MODE_SIX));
    apply(Request.newBuilder().setSequence(3).setConvert(convert));
    script.machine().image().records().forEachRemaining(LimitsTest::requireSmall);
    assertThat(script.machine().grant(3)).as("converted").isNotNull();
    assertThat(script.machine().waitingCount()).isEqualTo(1);
  }

  private static void requireSmall(SnapshotRecord row) {
    assertThat(row.getSerializedSize()).isLessThan(1_000);
  }

  private void apply(Request.Builder request) {
    script
        .machine()
        .apply(
            LogEntry.newBuilder()
                .addCommands(
                    Command.newBuilder()
                        .setRequest(
                            SessionRequest.newBuilder().setSessionId(1).setRequest(request)))
                .build());
  }

  @Test
  void only_so_many_grants_may_reserve() {
    script.run("open a locks=1000000");
    for (int i = 1; i <= Limits.RESERVATIONS_MAX; i++) {
      script.run("preempt a#" + i + " x" + i + " atleast=5s ack=" + i);
    }
    assertThat(script.run("preempt a#200000 y delay=5s")).contains("TOO_MANY_RESERVATIONS");
    assertThat(script.run("preempt a#200001 y delay=5s gated=1")).contains("GRANTED");
  }

  @Test
  void who_would_make_too_many_requests_pass_others_does_not_wait() {
    for (String session : List.of("h", "r", "w0", "w1")) {
      script.run("open " + session + " ttl=60s");
    }
    script.run("preempt h#1 x:S owner=first");
    script.run("preempt h#2 x:S owner=second");
    script.run("preempt h#3 other owner=g");
    for (int i = 1; i <= 64; i++) {
      script.run("preempt r#%d z%d owner=r%d".formatted(i, i, i));
    }
    int writers = Limits.PASSINGS_MAX / 62 - 1;
    for (int i = 0; i < writers; i++) {
      script.run("acquire w%d#%d x owner=w%d".formatted(i % 2, 1 + i / 2, i));
    }
    for (int i = 1; i <= 64; i++) {
      script.run("acquire r#%d x:S,other:S owner=r%d".formatted(64 + i, i));
    }
    String first =
        IntStream.rangeClosed(1, 62).mapToObj(i -> "z" + i).collect(Collectors.joining(","));
    assertThat(script.run("acquire h#4 " + first + " owner=first")).startsWith("h#4 QUEUED");
    State state = script.machine().state();
    assertThat(state.passings.size()).isEqualTo(62 * writers);
    assertThat(script.run("acquire h#5 z63,z64 owner=second"))
        .contains("h#5 QUEUED", "h#5 QUEUE_FULL", "h#5 left the queue: QUEUE_FULL")
        .doesNotContain("passes");
    assertThat(state.passings.size()).isEqualTo(62 * writers);
    assertThat(script.run("reload")).isEqualTo("same state\n");
    // Those who have passed are served, and make room.
    script.run("release h#6 token=h#3");
    assertThat(script.machine().state().passings.size()).isZero();
    assertThat(script.run("acquire h#7 z63,z64 owner=second")).contains("r#127 GRANTED");
  }

  @Test
  void files_have_only_so_many_bytes_together() {
    script.run("open a");
    script.run("acquire a#1 files");
    long appends = Limits.FILE_BYTES_MAX / Limits.APPEND_BYTES_MAX;
    for (int i = 2; i <= appends; i++) {
      assertThat(script.run("append a#%d f%d token=a#1 bytes=1048576 ack=%d".formatted(i, i, i)))
          .contains("APPENDED from 0 to 1048576");
    }
    assertThat(script.run("append a#1000 g token=a#1 bytes=1048575")).contains("APPENDED");
    assertThat(script.run("append a#1001 h token=a#1 bytes=2")).contains("FILE_QUOTA_EXCEEDED");
    assertThat(script.run("append a#1002 h token=a#1 bytes=1")).contains("APPENDED");
    assertThat(script.run("append a#1003 h token=a#1 bytes=1")).contains("FILE_QUOTA_EXCEEDED");
    assertThat(script.run("delete a#1004 f7 token=a#1")).contains("DONE");
    assertThat(script.run("append a#1005 h token=a#1 bytes=1048576")).contains("APPENDED");
    assertThat(script.run("reload")).isEqualTo("same state\n");
    assertThat(script.run("append a#1006 h token=a#1 bytes=1")).contains("FILE_QUOTA_EXCEEDED");
  }

  @Test
  void there_are_only_so_many_files() {
    script.run("open a");
    script.run("acquire a#1 files");
    for (int i = 1; i <= Limits.FILES_MAX; i++) {
      script.run("append a#%d f%d token=a#1 ack=%d".formatted(i + 1, i, i));
    }
    assertThat(script.run("append a#20000 new token=a#1")).contains("FILE_QUOTA_EXCEEDED");
    assertThat(script.run("append a#20001 f1 token=a#1 text=x")).contains("APPENDED");
    assertThat(script.run("delete a#20002 f1 token=a#1")).contains("DONE");
    assertThat(script.run("append a#20003 new token=a#1")).contains("APPENDED");
  }

  @Test
  void small_appends_do_not_cost_an_object_each() {
    script.run("open a");
    script.run("acquire a#1 files");
    for (int i = 2; i < 20_002; i++) {
      script.run("append a#%d f token=a#1 text=0123456789 ack=%d".formatted(i, i));
    }
    assertThat(script.machine().state().files.chunks.size()).isEqualTo(4);
    assertThat(script.machine().files().read("f", 65_530, 10).toStringUtf8())
        .isEqualTo("0123456789");
    assertThat(script.run("reload")).isEqualTo("same state\n");
  }

  @Test
  void only_so_many_locks_have_a_value() {
    script.run("open a locks=1000000");
    for (int i = 0; i < Limits.VALUES_MAX; i++) {
      script.run("preempt a#" + (2 * i + 1) + " x" + i + " ack=" + (2 * i + 1));
      script.run("value a#" + (2 * i + 2) + " x" + i + " is=v token=a#" + (2 * i + 1));
    }
    script.run("preempt a#50001 y");
    assertThat(script.run("value a#50002 y is=v token=a#50001")).contains("TOO_MANY_VALUES");
    assertThat(script.run("value a#50003 x1 is=w token=a#3")).contains("DONE");
    script.run("value a#50004 x2 token=a#5");
    assertThat(script.run("value a#50005 y is=v token=a#50001")).contains("DONE");
  }

  @Test
  void only_the_last_operations_are_remembered() {
    for (int i = 0; i <= Limits.OPERATIONS_REMEMBERED; i++) {
      script.run("force x token=1 op=" + (1_000 + i));
    }
    assertThat(script.machine().operationAnswer(bytes("1000------------"))).isNull();
    assertThat(script.machine().operationAnswer(bytes("1001------------"))).isNotNull();
    assertThat(script.run("reload")).isEqualTo("same state\n");
    assertThat(script.machine().operationAnswer(bytes("1000------------"))).isNull();
  }

  @Test
  void operation_of_an_operator_whose_id_is_too_long_is_not_remembered() {
    script.run("open a");
    script.run("preempt a#1 x");
    assertThat(script.run("force x token=a#1 op=12345678901234567")).contains("INVALID_REQUEST");
    assertThat(script.run("ask x token=a#1 op=12345678901234567")).contains("INVALID_REQUEST");
    assertThat(script.machine().state().operations.size()).isZero();
    assertThat(script.run("force x token=a#1 op=1234567890123456")).contains("RELEASED");
  }

  @Test
  void only_the_last_operations_of_a_client_are_remembered_and_those_that_wait() {
    script.run("by a/1 preempt x");
    script.run("by b/1 preempt y");
    script.run("by b/2 acquire x owner=o");
    for (int i = 3; i <= Limits.CLIENT_OPERATIONS_REMEMBERED; i++) {
      script.run("by b/" + i + " resolve");
    }
    assertThat(script.run("by b/1 preempt y")).contains("b#1 GRANTED");
    script.run("by b/more resolve");
    assertThat(script.run("by b/2 acquire x owner=o")).contains("b#2 QUEUED");
    script.run("by b/andmore resolve");
    assertThat(script.run("by b/2 cancel")).contains("b#2 CANCELLED");
    assertThat(script.run("by b/4 resolve")).contains("b#4 CANCELLED");
    // The first and the third are forgotten, so they are new.
    assertThat(script.run("by b/1 preempt y")).contains("b#1027 ALREADY_HELD");
    assertThat(script.run("by b/3 preempt z")).contains("b#1028 GRANTED");
    assertThat(script.run("reload")).isEqualTo("same state\n");
    State state = script.machine().state();
    long b = Objects.requireNonNull(script.machine().sessionOfClient(bytes("b---------------")));
    assertThat(state.contentsOf(b).operations).hasSize(Limits.CLIENT_OPERATIONS_REMEMBERED);
    assertThat(state.contentsOf(b).storedAnswers).isEqualTo(Limits.CLIENT_OPERATIONS_REMEMBERED);
    assertThat(state.contentsOf(b).session.acknowledged().rangeCount()).isZero();
    script.run("close b");
    assertThat(state.clientOperations.size()).isEqualTo(1);
  }

  @Test
  void only_the_last_ends_of_clients_are_remembered() {
    for (int i = 0; i <= Limits.CLIENT_ENDS_REMEMBERED; i++) {
      script.run("by c" + i + "/1 preempt x");
      script.run("close c" + i);
    }
    script.run("by c2/1 preempt x");
    script.run("close c2");
    State state = script.machine().state();
    assertThat(state.clientEnds.size()).isEqualTo(Limits.CLIENT_ENDS_REMEMBERED);
    assertThat(state.endByClient).hasSize(Limits.CLIENT_ENDS_REMEMBERED);
    assertThat(script.run("by c0/2 preempt x asked=1")).as("forgotten").contains("GRANTED");
    script.run("close c0");
    assertThat(script.run("by c2/2 preempt x asked=1")).contains("SESSION_EXPIRED");
    assertThat(script.run("by c3/2 preempt x asked=1")).contains("SESSION_EXPIRED");
    assertThat(script.run("reload")).isEqualTo("same state\n");
    assertThat(script.run("by c3/2 preempt x asked=1")).contains("SESSION_EXPIRED");
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
