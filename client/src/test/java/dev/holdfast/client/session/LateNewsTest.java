package dev.holdfast.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Answered;
import dev.holdfast.protocol.v1.Attached;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Granted;
import dev.holdfast.protocol.v1.GrantsHeld;
import dev.holdfast.protocol.v1.LostGrant;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.Renewed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What nodes say in an order, or so late, that only the simulation came upon it. */
class LateNewsTest {
  private static final long TTL = 3_000;
  private static final long MILLI = 1_000_000;
  private static final long TOKEN = 77;

  private final Recorder recorder = new Recorder();
  private final List<ClientFrame> sent = new ArrayList<>();
  private long nowNanos = 1_000 * MILLI;
  private long sleptMillis;
  private final SessionMachine machine =
      new SessionMachine(
          new SessionSettings(
              List.of("a:1"), true, "id", "label", TTL, 0, RetryPolicy.DEFAULT, 1_000),
          () -> nowNanos,
          () -> nowNanos / MILLI + sleptMillis,
          new Random(1),
          new Sending(),
          recorder);

  private final class Sending implements Transport {
    @Override
    public void open(int stream, String endpoint) {}

    @Override
    public void send(int stream, ClientFrame frame) {
      sent.add(frame);
    }

    @Override
    public void drop(int stream) {}
  }

  private void hear(NodeFrame.Builder frame) {
    machine.frameArrived(1, frame.build());
  }

  private void attach() {
    machine.advance();
    hear(NodeFrame.newBuilder().setAttached(Attached.newBuilder().setSessionId(5)));
    machine.advance();
  }

  private static NodeFrame.Builder grantOfFirstRequest(long expiresAtMillis) {
    return NodeFrame.newBuilder()
        .addAnswers(
            Answered.newBuilder()
                .setSequence(1)
                .setAnswer(
                    Answer.newBuilder()
                        .setRevision(TOKEN)
                        .setGranted(
                            Granted.newBuilder()
                                .setToken(TOKEN)
                                .setExpiresAtMillis(expiresAtMillis))));
  }

  private TestCall ask(TestCall call) {
    machine.submit(call);
    machine.advance();
    return call;
  }

  @Test
  void loss_that_is_told_before_its_grant_is_not_forgotten() {
    attach();
    TestCall call = ask(TestCall.lock("o", "x"));
    hear(NodeFrame.newBuilder().addLostGrants(LostGrant.newBuilder().setToken(TOKEN)));
    hear(grantOfFirstRequest(0));
    machine.advance();
    assertThat(call.grant().isHeld()).isFalse();
    assertThat(recorder.lost).containsExactly(TOKEN);
  }

  @Test
  void grant_that_is_answered_from_memory_after_it_ended_is_lost() {
    attach();
    TestCall call = ask(TestCall.lock("o", "x"));
    hear(NodeFrame.newBuilder().setHeld(GrantsHeld.newBuilder().setRevision(TOKEN + 2)));
    hear(grantOfFirstRequest(0));
    machine.advance();
    assertThat(call.grant().isHeld()).isFalse();
    assertThat(recorder.lost).containsExactly(TOKEN);
  }

  @Test
  void acknowledgement_that_is_too_late_for_itself_ends_the_session() {
    attach();
    TestCall call = ask(TestCall.lock("o", "x"));
    hear(grantOfFirstRequest(0));
    machine.advance();
    nowNanos += 2 * TTL * MILLI; // frozen
    hear(NodeFrame.newBuilder().addRenewals(Renewed.newBuilder().setNonce(1)));
    machine.advance();
    assertThat(machine.state()).isEqualTo(SessionState.LOST);
    assertThat(recorder.ends).isEqualTo(1);
    assertThat(recorder.lost).containsExactly(call.grant().token());
  }

  @Test
  void fixed_lease_is_estimated_anew_after_a_sleep() {
    attach();
    hear(NodeFrame.newBuilder().addRenewals(Renewed.newBuilder().setNonce(1).setClockMillis(100)));
    TestCall call = ask(TestCall.lease("o", "x", 2_000));
    hear(grantOfFirstRequest(2_100));
    machine.advance();
    assertThat(call.grant().isHeld()).isTrue();
    sleptMillis = 1_500; // the monotonic clock stood still
    assertThat(call.grant().isHeld()).isFalse();
    machine.advance();
    hear(
        NodeFrame.newBuilder().addRenewals(Renewed.newBuilder().setNonce(2).setClockMillis(1_600)));
    machine.advance();
    assertThat(call.grant().isHeld()).isTrue();
    assertThat(call.grant().remainingNanos()).isBetween(480 * MILLI, 500 * MILLI);
  }
}
