package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Answered;
import dev.holdfast.protocol.v1.AppendFile;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ReadListener;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A node without a leader: whatever is let in waits. */
class RequestDeskTest {
  private static final int APPEND_BYTES = 1 << 20;
  private static final int APPENDS_THAT_FIT = 32;

  private final FakeClock nanos = new FakeClock();
  private final LeaderClock clock = new LeaderClock(nanos);
  private final PendingAnswers pending = new PendingAnswers();
  private final Streams streams = new Streams(pending, 10_000);
  private final Proposer proposer =
      new Proposer(
          ProposerSettings.DEFAULT,
          clock,
          new DeadlineTicker(clock),
          nanos,
          new SplittableRandom(1),
          new NobodysLog(),
          (to, message) -> false);
  private final RequestDesk desk =
      new RequestDesk(
          new Admission(AdmissionLimits.DEFAULT), streams, pending, proposer, new MapPosition());
  private final SessionStream stream = new SessionStream(new QuietConnection());

  RequestDeskTest() {
    stream.fresh = true;
    streams.attach(stream, 7);
  }

  private static final class NobodysLog implements NodeLog {
    @Override
    public void propose(long term, byte[] entry, ProposalListener listener) {
      throw new AssertionError("nobody leads");
    }

    @Override
    public void readIndex(ReadListener listener) {
      throw new AssertionError("nobody reads");
    }
  }

  private static final class QuietConnection implements ClientConnection {
    @Override
    public void send(NodeFrame frame) {
      throw new AssertionError("the test looks into the frame before it is sent");
    }

    @Override
    public void readOneMore() {
      throw new AssertionError("no frame has arrived");
    }

    @Override
    public void end() {
      throw new AssertionError("nobody ends it");
    }

    @Override
    public void endSuperseded(String detail) {
      throw new AssertionError(detail);
    }
  }

  private static Request append(long sequence) {
    return Request.newBuilder()
        .setSequence(sequence)
        .setAppendFile(
            AppendFile.newBuilder()
                .setToken(1)
                .setFile("journal")
                .setData(ByteString.copyFrom(new byte[APPEND_BYTES])))
        .build();
  }

  private void requestAppends(int count) {
    for (int i = 1; i <= count; i++) {
      desk.onRequest(stream, append(i));
    }
  }

  private List<Answered> answers() {
    return streams.frame(stream).getAnswersList();
  }

  @Test
  void of_appends_no_more_than_32_MiB_wait() {
    requestAppends(APPENDS_THAT_FIT);
    assertThat(answers()).isEmpty();
    desk.onRequest(stream, append(APPENDS_THAT_FIT + 1));
    assertThat(answers()).hasSize(1);
    assertThat(answers().getFirst().getSequence()).isEqualTo(APPENDS_THAT_FIT + 1);
    assertThat(answers().getFirst().getAnswer().getRefused().getReason())
        .isEqualTo(RefusalReason.OVERLOADED);
    assertThat(proposer.pending()).hasSize(APPENDS_THAT_FIT);
  }

  @Test
  void what_waits_already_is_not_refused_when_it_comes_again() {
    requestAppends(APPENDS_THAT_FIT);
    requestAppends(APPENDS_THAT_FIT);
    assertThat(answers()).isEmpty();
    assertThat(proposer.pending()).hasSize(APPENDS_THAT_FIT);
  }

  @Test
  void other_requests_are_let_in_beside_them() {
    requestAppends(APPENDS_THAT_FIT);
    desk.onRequest(
        stream, DoorBench.acquire("x").toBuilder().setSequence(APPENDS_THAT_FIT + 1).build());
    assertThat(answers()).isEmpty();
    assertThat(proposer.pending()).hasSize(APPENDS_THAT_FIT + 1);
  }

  @Test
  void there_is_room_again_when_one_of_them_is_done() {
    requestAppends(APPENDS_THAT_FIT);
    proposer.settle(CommandKey.request(7, append(1)));
    desk.onRequest(stream, append(APPENDS_THAT_FIT + 1));
    assertThat(answers()).isEmpty();
    assertThat(proposer.pending()).hasSize(APPENDS_THAT_FIT);
  }
}
