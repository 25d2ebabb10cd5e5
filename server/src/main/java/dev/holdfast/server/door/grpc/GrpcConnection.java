package dev.holdfast.server.door.grpc;

import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.server.node.ClientConnection;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.atomic.AtomicLong;

/** The node's end of a client's stream. */
final class GrpcConnection implements ClientConnection {
  private final ServerCallStreamObserver<NodeFrame> call;
  private final long unreadBytesMax;
  private final AtomicLong unreadBytes = new AtomicLong();
  private boolean ended;

  GrpcConnection(ServerCallStreamObserver<NodeFrame> call, long unreadBytesMax) {
    this.call = call;
    this.unreadBytesMax = unreadBytesMax;
  }

  @Override
  public void send(NodeFrame frame) {
    if (ended || call.isCancelled()) {
      return;
    }
    if (!call.isReady() && unreadBytes.addAndGet(frame.getSerializedSize()) > unreadBytesMax) {
      fail(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "the client does not read: more than "
                  + unreadBytesMax
                  + " bytes wait for it; resume the session and read the stream"));
      return;
    }
    call.onNext(frame);
  }

  /** The client reads again. Called on a thread of gRPC. */
  void onReady() {
    unreadBytes.set(0);
  }

  @Override
  public void readOneMore() {
    if (!ended) {
      call.request(1);
    }
  }

  @Override
  public void end() {
    if (!ended) {
      ended = true;
      if (!call.isCancelled()) {
        call.onCompleted();
      }
    }
  }

  @Override
  public void endSuperseded(String detail) {
    fail(Status.ABORTED.withDescription(detail));
  }

  private void fail(Status status) {
    if (!ended) {
      ended = true;
      call.onError(status.asRuntimeException());
    }
  }
}
