package dev.holdfast.server;

import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.SessionsGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A client that opens a session, asks and asks, and never reads what it is told. */
final class UnreadStream extends ClientCall.Listener<NodeFrame> {
  final CompletableFuture<Status> end = new CompletableFuture<>();
  private final Semaphore attached = new Semaphore(0);
  private final Semaphore ready = new Semaphore(0);
  private final ClientCall<ClientFrame, NodeFrame> call;

  UnreadStream(ManagedChannel channel) {
    call = channel.newCall(SessionsGrpc.getAttachMethod(), CallOptions.DEFAULT);
    call.start(this, new Metadata());
    call.request(1);
    call.sendMessage(RawClient.openFrame(UUID.randomUUID(), UUID.randomUUID(), 60_000));
    attached.acquireUninterruptibly();
  }

  /** Returns false if the node has not read for two seconds. */
  boolean sendWhenReady(ClientFrame frame) throws InterruptedException {
    while (!call.isReady()) {
      if (!ready.tryAcquire(2, TimeUnit.SECONDS)) {
        return false;
      }
    }
    call.sendMessage(frame);
    return true;
  }

  /** Reads everything, up to the end. */
  void read() {
    call.request(1_000_000);
  }

  @Override
  public void onMessage(NodeFrame frame) {
    attached.release();
  }

  @Override
  public void onReady() {
    ready.release();
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    attached.release();
    end.complete(status);
  }
}
