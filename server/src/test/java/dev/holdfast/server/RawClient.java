package dev.holdfast.server;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.ClusterGrpc;
import dev.holdfast.protocol.v1.LocksGrpc;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.ResumeSessionFrame;
import dev.holdfast.protocol.v1.SessionsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Speaks to one node's gRPC door frame by frame, with no help from the client library. */
final class RawClient implements AutoCloseable {
  final ManagedChannel channel;

  RawClient(int port) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().directExecutor().build();
  }

  LocksGrpc.LocksBlockingStub locks() {
    return LocksGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  ClusterGrpc.ClusterBlockingStub cluster() {
    return ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  /** A stream on which nothing was said. */
  RawStream stream() {
    RawStream stream = new RawStream();
    StreamObserver<ClientFrame> requests = SessionsGrpc.newStub(channel).attach(stream);
    stream.begin(requests);
    return stream;
  }

  /** A stream that has opened a session of its own. */
  RawStream open(long ttlMillis) {
    RawStream stream = stream();
    stream.send(openFrame(UUID.randomUUID(), UUID.randomUUID(), ttlMillis));
    stream.attached(stream.next(NodeFrame::hasAttached).getAttached().getSessionId());
    return stream;
  }

  static ClientFrame openFrame(UUID nonce, UUID secret, long ttlMillis) {
    return ClientFrame.newBuilder()
        .setOpen(
            OpenSessionFrame.newBuilder()
                .setNonce(bytes(nonce))
                .setSecret(bytes(secret))
                .setClientId(UUID.randomUUID().toString())
                .setLabel("raw client")
                .setTtlMillis(ttlMillis))
        .build();
  }

  static ClientFrame resumeFrame(long sessionId, UUID secret) {
    return ClientFrame.newBuilder()
        .setResume(ResumeSessionFrame.newBuilder().setSessionId(sessionId).setSecret(bytes(secret)))
        .build();
  }

  static ByteString bytes(UUID uuid) {
    return ByteString.copyFrom(
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .flip());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
