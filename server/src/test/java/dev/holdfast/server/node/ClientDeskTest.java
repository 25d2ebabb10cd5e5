package dev.holdfast.server.node;

import static dev.holdfast.server.node.DoorBench.acquire;
import static dev.holdfast.server.node.DoorBench.client;
import static dev.holdfast.server.node.DoorBench.command;
import static dev.holdfast.server.node.DoorBench.sixteen;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.CloseSession;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.ResumeSessionFrame;
import dev.holdfast.replication.ReadOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ClientDeskTest {
  private static final Request CANCEL =
      Request.newBuilder().setCancel(Cancel.getDefaultInstance()).build();

  private final DoorBench bench = new DoorBench(AdmissionLimits.DEFAULT);

  private long sessionOf(String client) {
    return Objects.requireNonNull(bench.machine.sessionOfClient(sixteen(client)));
  }

  private void renew(String client) {
    bench.core.renew(sixteen(client), alive -> bench.tell("renewal", "" + alive));
    bench.core.settle();
  }

  private void end(String client) {
    bench.core.end(sixteen(client), () -> bench.tell("end", "done"));
    bench.core.settle();
  }

  private static Command close(long sessionId) {
    return Command.newBuilder().setClose(CloseSession.newBuilder().setSessionId(sessionId)).build();
  }

  @Test
  void an_operation_is_told_when_it_is_applied_and_again_to_whoever_asks_again() {
    bench.ask("a", "1", acquire("x"));
    assertThat(bench.told("1")).isEmpty();
    bench.commit();
    assertThat(bench.told("1")).containsExactly("GRANTED");
    bench.ask("a", "1", acquire("x"));
    bench.commit();
    assertThat(bench.told("1")).containsExactly("GRANTED");
    bench.ask("a", "2", bench.release("x"));
    bench.commit();
    assertThat(bench.told("2")).containsExactly("RELEASED");
    bench.ask("a", "1", acquire("x"));
    bench.commit();
    assertThat(bench.told("1")).containsExactly("GRANTED");
    assertThat(bench.machine.lockCount()).isZero();
  }

  @Test
  void who_waits_hears_so_and_then_of_the_grant() {
    bench.ask("a", "1", acquire("x"));
    bench.ask("b", "2", acquire("x"));
    bench.commit();
    assertThat(bench.told("2")).containsExactly("QUEUED");
    bench.ask("b", "2", acquire("x"));
    assertThat(bench.told("2")).as("known here already").containsExactly("QUEUED");
    bench.commit();
    bench.passSeconds(60);
    assertThat(bench.told("2")).as("nothing to give up for").isEmpty();
    bench.ask("a", "3", bench.release("x"));
    bench.commit();
    assertThat(bench.told("2")).as("to both").containsExactly("GRANTED", "GRANTED");
  }

  @Test
  void what_another_node_was_asked_for_is_told_here_too() {
    bench.applied(command("a", "1", acquire("x")), command("b", "2", acquire("x")));
    bench.ask("b", "2", acquire("x"));
    bench.commit();
    assertThat(bench.told("2")).containsExactly("QUEUED");
    bench.applied(command("a", "3", bench.release("x")));
    assertThat(bench.told("2")).containsExactly("GRANTED");
  }

  @Test
  void a_cancel_takes_out_of_the_queue_and_does_nothing_afterwards() {
    bench.ask("a", "1", acquire("x"));
    Runnable cancel = bench.ask("b", "2", acquire("x"));
    bench.commit();
    cancel.run();
    bench.commit();
    assertThat(bench.told("2")).containsExactly("QUEUED", "CANCELLED");
    assertThat(bench.machine.waitingCount()).isZero();
    cancel.run();
    assertThat(bench.proposed()).isEmpty();
  }

  @Test
  void a_copy_of_a_command_that_comes_after_the_end_of_its_session_opens_no_other() {
    bench.applied(command("b", "0", acquire("elsewhere")));
    bench.ask("a", "1", acquire("x"));
    Command copy = bench.proposed().getFirst();
    bench.commit();
    bench.applied(close(sessionOf("a")));
    bench.applied(copy);
    assertThat(bench.machine.sessionOfClient(sixteen("a"))).isNull();
    assertThat(bench.told("1")).containsExactly("GRANTED");
    bench.ask("a", "1", acquire("x"));
    bench.commit();
    assertThat(bench.told("1")).as("asked after the end").containsExactly("GRANTED");
  }

  @Test
  void who_asks_at_a_node_that_does_not_know_the_end_yet_is_not_refused() {
    bench.applied(command("a", "1", acquire("x")));
    long session = sessionOf("a");
    bench.ask("a", "2", acquire("y"));
    bench.applied(close(session));
    bench.commit();
    assertThat(bench.told("2")).containsExactly("GRANTED");
    assertThat(sessionOf("a")).isGreaterThan(session);
    Runnable cancel = bench.ask("a", "3", acquire("z"));
    bench.applied(close(sessionOf("a")));
    cancel.run();
    bench.commit();
    assertThat(bench.told("3")).containsExactly("CANCELLED");
    assertThat(bench.machine.lockCount()).isZero();
  }

  @Test
  void what_may_have_been_done_in_the_session_that_ended_is_not_done_again() {
    bench.applied(command("a", "1", acquire("x")));
    bench.ask("a", "1", acquire("x"));
    bench.applied(close(sessionOf("a")));
    bench.commit();
    assertThat(bench.told("1"))
        .as("known when it was asked for")
        .containsExactly("SESSION_EXPIRED");
    bench.applied(command("a", "2", acquire("x")));
    bench.ask("a", "3", acquire("y"));
    bench.restored(command("a", "3", acquire("y")), close(sessionOf("a")));
    bench.commit();
    assertThat(bench.told("3")).as("done in a gap").containsExactly("SESSION_EXPIRED");
    assertThat(bench.machine.lockCount()).isZero();
  }

  @Test
  void a_cancel_before_the_operation_was_taken_keeps_it_from_being_done() {
    Runnable cancel = bench.ask("a", "1", acquire("x"));
    cancel.run();
    bench.applied(command("a", "1", CANCEL));
    bench.commit();
    assertThat(bench.told("1")).containsExactly("CANCELLED");
    assertThat(bench.machine.lockCount()).isZero();
  }

  @Test
  void without_an_outcome_for_ten_seconds_it_is_unknown_and_not_sent_again() {
    bench.ask("a", "1", acquire("x"));
    bench.passSeconds(9);
    assertThat(bench.told("1")).isEmpty();
    bench.passSeconds(1);
    assertThat(bench.told("1")).containsExactly("NO_LEADER");
    bench.passSeconds(60);
    assertThat(bench.core.nanosUntilDue()).isPositive();
    bench.commit();
    assertThat(bench.told("1")).isEmpty();
    bench.ask("a", "1", acquire("x"));
    bench.commit();
    assertThat(bench.told("1")).as("what it came to").containsExactly("GRANTED");
  }

  @Test
  void without_room_it_is_cancelled_and_refused_unless_it_was_done_elsewhere() {
    DoorBench full = new DoorBench(new AdmissionLimits(1 << 20, 1, 9, 9, 9, 1_000, 600_000, 9));
    full.ask("a", "1", acquire("x"));
    full.ask("a", "2", acquire("y"));
    full.commit();
    assertThat(full.told("1")).containsExactly("GRANTED");
    assertThat(full.told("2")).containsExactly("TOO_MANY_REQUESTS");
    assertThat(full.machine.lockCount()).isEqualTo(1);
    full.applied(command("a", "4", acquire("z")));
    full.ask("a", "3", acquire("w"));
    full.ask("a", "4", acquire("z"));
    full.commit();
    assertThat(full.told("4")).containsExactly("GRANTED");
  }

  @Test
  void what_waits_in_a_session_that_ends_is_told_so() {
    bench.ask("a", "1", acquire("x"));
    bench.ask("b", "2", acquire("x"));
    bench.commit();
    bench.applied(close(sessionOf("b")));
    assertThat(bench.told("2")).containsExactly("QUEUED", "SESSION_CLOSED");
    bench.ask("b", "2", acquire("x"));
    bench.commit();
    assertThat(bench.told("2")).as("in another session").containsExactly("QUEUED");
  }

  @Test
  void a_renewal_is_of_the_session_that_there_is() {
    renew("a");
    bench.commit();
    assertThat(bench.told("renewal")).containsExactly("false");
    bench.ask("a", "1", acquire("x"));
    bench.commit();
    renew("a");
    bench.commit();
    assertThat(bench.told("renewal")).containsExactly("true");
    renew("a");
    bench.applied(close(sessionOf("a")), command("a", "2", acquire("x")));
    bench.commit();
    assertThat(bench.told("renewal")).as("of the later session").containsExactly("true");
    renew("a");
    bench.applied(close(sessionOf("a")));
    bench.commit();
    assertThat(bench.told("renewal")).containsExactly("false");
  }

  @Test
  void a_renewal_of_which_nothing_is_known_is_told_as_none() {
    renew("a");
    bench.answerReads(ReadOutcome.FAILED);
    assertThat(bench.told("renewal")).isEmpty();
    bench.passSeconds(10);
    assertThat(bench.told("renewal")).containsExactly("false");
  }

  /** A door asks every third of a lease, for as long as its client is there. */
  @Test
  void of_renewals_that_nobody_waits_for_any_more_the_last_is_kept() {
    bench.ask("a", "1", acquire("x"));
    bench.ask("b", "2", acquire("y"));
    bench.commit();
    bench.core.onLeadershipLost();
    bench.core.onLeaderChanged(null, 1);
    for (int i = 0; i < 120; i++) {
      renew("a");
      bench.passSeconds(1);
    }
    assertThat(bench.told("renewal")).isNotEmpty().containsOnly("false");
    renew("b");
    bench.passSeconds(60);
    assertThat(bench.told("renewal")).isNotEmpty().containsOnly("false");
    bench.core.onLeadershipGained(2);
    bench.core.settle();
    assertThat(bench.proposed()).filteredOn(Command::hasRenew).hasSizeLessThan(13);
    assertThat(bench.proposed())
        .filteredOn(Command::hasRenew)
        .extracting(command -> command.getRenew().getSessionId())
        .contains(sessionOf("a"), sessionOf("b"));
    bench.commit();
    renew("a");
    bench.commit();
    assertThat(bench.told("renewal")).containsExactly("true");
  }

  @Test
  void an_end_comes_after_what_was_asked_for_before_it_and_before_what_comes_later() {
    bench.ask("a", "1", acquire("x"));
    end("a");
    bench.ask("a", "2", acquire("x"));
    assertThat(bench.proposed()).hasSize(1);
    bench.commit();
    assertThat(bench.told("1")).containsExactly("GRANTED");
    assertThat(bench.told("end")).containsExactly("done");
    assertThat(bench.told("2")).containsExactly("GRANTED");
    assertThat(bench.machine.sessionCount()).isEqualTo(1);
    end("a");
    end("a");
    bench.commit();
    assertThat(bench.told("end")).containsExactly("done", "done");
    assertThat(bench.machine.sessionCount()).isZero();
  }

  @Test
  void what_waits_for_an_end_is_not_done_when_nobody_wants_it_any_more() {
    bench.ask("a", "1", acquire("x"));
    bench.commit();
    end("a");
    bench.ask("a", "2", acquire("y"));
    bench.ask("a", "3", acquire("z"));
    bench.applied(command("a", "3", acquire("z")));
    assertThat(bench.told("3")).containsExactly("GRANTED");
    bench.answerReads(ReadOutcome.FAILED);
    bench.passSeconds(10);
    assertThat(bench.told("2")).containsExactly("NO_LEADER");
    bench.commit();
    assertThat(bench.machine.sessionCount()).isZero();
    assertThat(bench.machine.lockCount()).isZero();
  }

  @Test
  void an_end_without_a_leader_is_told_as_done_after_a_while_and_done_later() {
    bench.ask("a", "1", acquire("x"));
    bench.commit();
    end("a");
    bench.answerReads(ReadOutcome.FAILED);
    bench.passSeconds(10);
    assertThat(bench.told("end")).containsExactly("done");
    bench.commit();
    assertThat(bench.machine.sessionCount()).isZero();
    assertThat(bench.told("end")).isEmpty();
  }

  @Test
  void a_snapshot_answers_what_lies_in_it() {
    bench.ask("a", "1", acquire("x"));
    bench.ask("b", "2", acquire("x"));
    bench.ask("c", "3", acquire("x"));
    bench.restored(command("a", "1", acquire("x")), command("b", "2", acquire("x")));
    assertThat(bench.told("1")).containsExactly("GRANTED");
    assertThat(bench.told("2")).containsExactly("QUEUED");
    assertThat(bench.told("3")).isEmpty();
    bench.commit();
    assertThat(bench.told("3")).containsExactly("QUEUED");
    renew("b");
    end("c");
    bench.commit();
    assertThat(bench.told("end")).containsExactly("done");
    assertThat(bench.told("3")).containsExactly("SESSION_CLOSED");
    bench.restored(close(sessionOf("b")));
    assertThat(bench.told("2")).containsExactly("SESSION_EXPIRED");
  }

  @Test
  void of_appends_no_more_than_32_MiB_wait_and_one_that_has_no_room_is_never_done() {
    Request append =
        Request.newBuilder()
            .setAppendFile(
                AppendFile.newBuilder()
                    .setToken(1)
                    .setFile("journal")
                    .setData(ByteString.copyFrom(new byte[1 << 20])))
            .build();
    for (int i = 1; i <= 33; i++) {
      bench.ask("a", "append " + i, append);
    }
    bench.ask("a", "lock", acquire("x"));
    bench.commit();
    assertThat(bench.told("append 32")).containsExactly("STALE_TOKEN");
    assertThat(bench.told("append 33")).containsExactly("OVERLOADED");
    assertThat(bench.told("lock")).as("only appends are kept out").containsExactly("GRANTED");
    bench.ask("a", "append 34", append);
    bench.commit();
    assertThat(bench.told("append 34")).as("there is room again").containsExactly("STALE_TOKEN");
  }

  @Test
  void what_is_malformed_is_refused_without_the_cluster() {
    bench.core.request(
        client("a"), ByteString.copyFromUtf8("short"), acquire("x"), bench.hears("id"));
    bench.core.request(
        client("a").toBuilder().setTtlMillis(1).build(),
        sixteen("1"),
        acquire("x"),
        bench.hears("ttl"));
    bench.core.request(
        client("a").toBuilder().setClientId("me").build(),
        sixteen("1"),
        acquire("x"),
        bench.hears("client"));
    bench.core.request(
        client("a").toBuilder().setLabel("l".repeat(257)).build(),
        sixteen("1"),
        acquire("x"),
        bench.hears("label"));
    bench.ask("a", "name", acquire("a//b"));
    bench.ask("a", "nothing", Request.getDefaultInstance());
    for (String each : List.of("id", "ttl", "client", "label", "nothing")) {
      assertThat(bench.told(each)).as(each).containsExactly("INVALID_REQUEST");
    }
    assertThat(bench.told("name")).containsExactly("INVALID_NAME");
    assertThat(bench.proposed()).isEmpty();
  }

  @Test
  void nobody_can_attach_to_the_session_of_such_a_client() {
    bench.ask("a", "1", acquire("x"));
    bench.commit();
    for (ByteString secret : List.of(ByteString.copyFrom(new byte[16]), sixteen("a"))) {
      FakeConnection resuming =
          new FakeConnection(
              ClientFrame.newBuilder()
                  .setResume(
                      ResumeSessionFrame.newBuilder()
                          .setSessionId(sessionOf("a"))
                          .setSecret(secret))
                  .build());
      bench.commit();
      assertThat(resuming.frames.getFirst().getRefused().getReason())
          .isEqualTo(RefusalReason.WRONG_SECRET);
      FakeConnection opening =
          new FakeConnection(
              ClientFrame.newBuilder()
                  .setOpen(
                      OpenSessionFrame.newBuilder()
                          .setNonce(sixteen("a"))
                          .setSecret(secret)
                          .setClientId(new UUID(1, 1).toString())
                          .setTtlMillis(10_000))
                  .build());
      bench.commit();
      NodeFrame first = opening.frames.getFirst();
      if (first.hasAttached()) {
        assertThat(first.getAttached().getSessionId()).isNotEqualTo(sessionOf("a"));
      } else {
        assertThat(first.getRefused().getReason()).isEqualTo(RefusalReason.WRONG_SECRET);
      }
    }
  }

  private final class FakeConnection implements ClientConnection {
    final List<NodeFrame> frames = new ArrayList<>();

    FakeConnection(ClientFrame first) {
      bench.core.onFrame(new SessionStream(this), first);
      bench.core.settle();
    }

    @Override
    public void send(NodeFrame frame) {
      frames.add(frame);
    }

    @Override
    public void readOneMore() {}

    @Override
    public void end() {}

    @Override
    public void endSuperseded(String detail) {}
  }
}
