package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.CheckRequest;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Consistency;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.RenewFrame;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.SessionsGrpc;
import dev.holdfast.protocol.v1.VerifyRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of nonsense gets a clear answer, and the node lives on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
  private TestCluster cluster;
  private RawClient client;

  @BeforeAll
  void startNode(@TempDir Path data) throws Exception {
    cluster =
        TestCluster.start(
            data,
            1,
            "limits.frame-bytes-max=16KiB",
            "limits.requests-per-session-max=8",
            "limits.sessions-max=30",
            "client.unread-bytes-max=64KiB");
    client = cluster.client("n1");
  }

  @AfterAll
  void theNodeIsAlive() {
    RawStream session = client.open(5_000);
    assertThat(session.acquired("still alive")).isPositive();
    client.close();
    cluster.close();
    assertThat(cluster.failures()).isEmpty();
  }

  private Refused refusal(RawStream stream) {
    Refused refused = stream.next(NodeFrame::hasRefused).getRefused();
    assertThat(refused.getDetail()).isNotBlank();
    assertThat(stream.awaitEnd().isOk()).as("the stream ends after a refusal").isTrue();
    return refused;
  }

  private Refused refusalOfFirst(ClientFrame first) {
    RawStream stream = client.stream();
    stream.send(first);
    return refusal(stream);
  }

  @Test
  void the_first_frame_opens_or_resumes() {
    Refused refused = refusalOfFirst(ClientFrame.newBuilder().setClose(true).build());
    assertThat(refused.getReason()).isEqualTo(RefusalReason.INVALID_REQUEST);
    assertThat(refused.getDetail()).contains("first frame");
  }

  @Test
  void only_the_first_frame_opens() {
    RawStream session = client.open(5_000);
    session.send(RawClient.openFrame(UUID.randomUUID(), UUID.randomUUID(), 5_000));
    assertThat(refusal(session).getReason()).isEqualTo(RefusalReason.INVALID_REQUEST);
  }

  @Test
  void an_unknown_session_is_not_resumed() {
    assertThat(refusalOfFirst(RawClient.resumeFrame(999_999, UUID.randomUUID())).getReason())
        .isEqualTo(RefusalReason.UNKNOWN_SESSION);
  }

  @Test
  void nobody_resumes_or_reopens_a_session_with_another_secret() {
    UUID nonce = UUID.randomUUID();
    UUID secret = UUID.randomUUID();
    RawStream session = client.stream();
    session.send(RawClient.openFrame(nonce, secret, 60_000));
    long id = session.next(NodeFrame::hasAttached).getAttached().getSessionId();
    assertThat(refusalOfFirst(RawClient.resumeFrame(id, UUID.randomUUID())).getReason())
        .isEqualTo(RefusalReason.WRONG_SECRET);
    assertThat(refusalOfFirst(RawClient.openFrame(nonce, UUID.randomUUID(), 60_000)).getReason())
        .isEqualTo(RefusalReason.WRONG_SECRET);
    assertThat(session.isOpen()).isTrue();
    RawStream again = client.stream();
    again.send(RawClient.openFrame(nonce, secret, 60_000));
    assertThat(again.next(NodeFrame::hasAttached).getAttached().getSessionId()).isEqualTo(id);
    assertThat(session.awaitEnd().getCode()).isEqualTo(Status.Code.ABORTED);
    again.cutOff();
  }

  @Test
  void a_time_to_live_out_of_range_is_refused() {
    Refused refused = refusalOfFirst(RawClient.openFrame(UUID.randomUUID(), UUID.randomUUID(), 10));
    assertThat(refused.getReason()).isEqualTo(RefusalReason.INVALID_REQUEST);
    assertThat(refused.getDetail()).contains("1000 to 600000");
  }

  @Test
  void a_frame_that_is_too_large_is_refused_by_name() {
    RawStream session = client.open(5_000);
    session.send(
        ClientFrame.newBuilder()
            .addRequests(
                Request.newBuilder()
                    .setSequence(1)
                    .setAcquire(Acquire.newBuilder().setOwner("x".repeat(20_000))))
            .build());
    assertThat(refusal(session).getReason()).isEqualTo(RefusalReason.FRAME_TOO_LARGE);
  }

  @Test
  void a_frame_that_is_enormous_is_not_even_read() {
    RawStream session = client.open(5_000);
    session.send(
        ClientFrame.newBuilder()
            .addRequests(
                Request.newBuilder()
                    .setSequence(1)
                    .setAcquire(Acquire.newBuilder().setOwner("x".repeat(200_000))))
            .build());
    assertThat(session.awaitEnd().isOk()).isFalse();
  }

  @Test
  void bytes_that_are_no_frame_end_the_stream_with_a_word() {
    Refused refused = sendBytes(new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3}).getRefused();
    assertThat(refused.getReason()).isEqualTo(RefusalReason.INVALID_REQUEST);
    assertThat(refused.getDetail()).contains("protobuf");
  }

  /** The first frame that comes back. */
  private NodeFrame sendBytes(byte[] bytes) {
    MethodDescriptor<byte[], NodeFrame> method =
        MethodDescriptor.<byte[], NodeFrame>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(SessionsGrpc.getAttachMethod().getFullMethodName())
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(SessionsGrpc.getAttachMethod().getResponseMarshaller())
            .build();
    ClientCall<byte[], NodeFrame> call = client.channel.newCall(method, CallOptions.DEFAULT);
    CompletableFuture<NodeFrame> first = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(NodeFrame frame) {
            first.complete(frame);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            first.completeExceptionally(status.asRuntimeException());
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(bytes);
    return first.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new AssertionError("only sent");
    }
  }

  @Test
  void requests_that_break_a_rule_are_answered_and_the_stream_goes_on() {
    RawStream session = client.open(5_000);
    Answer answer = session.finalAnswer(session.acquire("a//b", 0));
    assertThat(answer.getRefused().getReason()).isEqualTo(RefusalReason.INVALID_NAME);
    assertThat(answer.getRefused().getDetail()).contains("empty segment");
    answer = session.finalAnswer(session.request(Request.newBuilder()));
    assertThat(answer.getRefused().getReason()).isEqualTo(RefusalReason.INVALID_REQUEST);
    session.send(ClientFrame.newBuilder().addRequests(Request.newBuilder()).build());
    assertThat(session.finalAnswer(0).getRefused().getDetail()).contains("number requests");
    assertThat(session.acquired("a good one")).isPositive();
    session.cutOff();
  }

  @Test
  void tokens_of_others_and_of_the_past_release_nothing() {
    RawStream holder = client.open(5_000);
    RawStream other = client.open(5_000);
    long token = holder.acquired("mine");
    assertThat(other.finalAnswer(other.release(token)).getRefused().getReason())
        .isEqualTo(RefusalReason.NOT_HOLDER);
    holder.finalAnswer(holder.release(token));
    assertThat(holder.finalAnswer(holder.release(token)).getRefused().getReason())
        .isEqualTo(RefusalReason.STALE_TOKEN);
    holder.cutOff();
    other.cutOff();
  }

  @Test
  void a_number_whose_answer_was_acknowledged_is_stale() {
    RawStream session = client.open(5_000);
    long token = session.acquired("once");
    session.send(
        ClientFrame.newBuilder().setAcknowledged(Acknowledged.newBuilder().setBelow(2)).build());
    session.finalAnswer(session.release(token));
    session.send(
        ClientFrame.newBuilder()
            .addRequests(
                Request.newBuilder().setSequence(1).setAcquire(RawStream.acquireX("once", 0)))
            .build());
    assertThat(session.finalAnswer(1).getRefused().getReason())
        .isEqualTo(RefusalReason.STALE_REQUEST);
    session.cutOff();
  }

  @Test
  void acknowledgements_and_renewals_that_make_no_sense_end_the_stream() {
    RawStream session = client.open(5_000);
    session.send(
        ClientFrame.newBuilder()
            .setAcknowledged(Acknowledged.newBuilder().setBelow(5).addRanges(3))
            .build());
    assertThat(refusal(session).getReason()).isEqualTo(RefusalReason.INVALID_REQUEST);
    RawStream other = client.open(5_000);
    other.send(ClientFrame.newBuilder().addRenewals(RenewFrame.newBuilder()).build());
    assertThat(refusal(other).getDetail()).contains("nonce");
  }

  @Test
  void too_many_requests_are_refused_and_what_gives_back_is_not() {
    RawStream holder = client.open(60_000);
    RawStream session = client.open(60_000);
    long token = holder.acquired("crowded");
    long own = session.acquired("own");
    long first = 0;
    for (int i = 0; i < 8; i++) {
      long sequence =
          session.request(
              Request.newBuilder()
                  .setAcquire(RawStream.acquireX("crowded", -1).setOwner("owner" + i)));
      first = i == 0 ? sequence : first;
      assertThat(session.answer(sequence).hasQueued()).isTrue();
    }
    Answer refused = session.finalAnswer(session.acquire("another", 0));
    assertThat(refused.getRefused().getReason()).isEqualTo(RefusalReason.TOO_MANY_REQUESTS);
    assertThat(refused.getRefused().getDetail()).contains("wait for some");
    assertThat(session.finalAnswer(session.release(own)).hasReleased()).isTrue();
    session.cancel(first);
    assertThat(session.finalAnswer(first).getRefused().getReason())
        .isEqualTo(RefusalReason.CANCELLED);
    session.renew(5);
    assertThat(session.next(frame -> frame.getRenewalsCount() > 0).getRenewalsCount()).isOne();
    holder.release(token);
    session.send(ClientFrame.newBuilder().setClose(true).build());
    session.next(NodeFrame::getClosed);
    holder.cutOff();
  }

  @Test
  void a_session_that_is_not_renewed_is_told_so_and_cannot_be_resumed() {
    UUID secret = UUID.randomUUID();
    RawStream session = client.stream();
    session.send(RawClient.openFrame(UUID.randomUUID(), secret, 1_000));
    long id = session.next(NodeFrame::hasAttached).getAttached().getSessionId();
    assertThat(refusal(session).getReason()).isEqualTo(RefusalReason.SESSION_EXPIRED);
    assertThat(refusalOfFirst(RawClient.resumeFrame(id, secret)).getReason())
        .isEqualTo(RefusalReason.UNKNOWN_SESSION);
  }

  @Test
  void a_client_that_does_not_read_is_cut_off_before_it_fills_the_memory() throws Exception {
    UnreadStream stream = new UnreadStream(client.channel);
    String name = "x".repeat(500) + "//";
    long sequence = 0;
    ClientFrame.Builder frame;
    do {
      frame = ClientFrame.newBuilder();
      for (int i = 0; i < 20; i++) {
        frame.addRequests(
            Request.newBuilder()
                .setSequence(++sequence)
                .setAcquire(RawStream.acquireX(name, 0).setOwner("o")));
      }
    } while (stream.sendWhenReady(frame.build()) && sequence < 200_000);
    assertThat(sequence).as("it stops being read").isLessThan(200_000);
    stream.read();
    Status end = stream.end.orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(end.getDescription()).contains("does not read");
  }

  @Test
  void more_sessions_than_there_is_room_for_are_refused() {
    RawStream[] streams = new RawStream[40];
    int refused = 0;
    for (int i = 0; i < streams.length; i++) {
      streams[i] = client.stream();
      streams[i].send(RawClient.openFrame(UUID.randomUUID(), UUID.randomUUID(), 1_000));
      NodeFrame first = streams[i].next(_ -> true);
      if (first.hasRefused()) {
        assertThat(first.getRefused().getReason()).isEqualTo(RefusalReason.TOO_MANY_SESSIONS);
        refused++;
      }
    }
    assertThat(refused).isBetween(10, 39);
    for (RawStream stream : streams) {
      stream.cutOff();
    }
  }

  @Test
  void questions_that_make_no_sense_are_refused_with_a_status() {
    assertThatThrownBy(() -> client.locks().check(CheckRequest.newBuilder().setLock("/").build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("empty segment");
    assertThatThrownBy(() -> client.locks().verify(VerifyRequest.getDefaultInstance()))
        .hasMessageContaining("the lock name is empty");
    assertThatThrownBy(
            () ->
                client
                    .locks()
                    .check(
                        CheckRequest.newBuilder()
                            .setLock("a")
                            .setRevisionMin(Long.MAX_VALUE)
                            .setConsistency(Consistency.LOCAL)
                            .build()))
        .hasMessageContaining("FAILED_PRECONDITION")
        .hasMessageContaining("BEHIND");
  }

  @Test
  void a_client_that_says_no_more_is_let_go() {
    RawStream session = client.open(5_000);
    session.completeSending();
    assertThat(session.awaitEnd().isOk()).isTrue();
  }

  @Test
  void fields_of_the_future_are_ignored() {
    RawStream session = client.open(5_000);
    ClientFrame frame =
        ClientFrame.newBuilder()
            .setUnknownFields(
                com.google.protobuf.UnknownFieldSet.newBuilder()
                    .addField(
                        900,
                        com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                            .addLengthDelimited(ByteString.copyFromUtf8("later"))
                            .build())
                    .build())
            .addRenewals(RenewFrame.newBuilder().setNonce(3))
            .build();
    session.send(frame);
    assertThat(session.next(f -> f.getRenewalsCount() > 0).getRenewals(0).getNonce()).isEqualTo(3);
    session.cutOff();
  }
}
