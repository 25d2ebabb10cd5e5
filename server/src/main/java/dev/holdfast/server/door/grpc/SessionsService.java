package dev.holdfast.server.door.grpc;

import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.SessionsGrpc;
import dev.holdfast.server.host.NodeHost;
import dev.holdfast.server.node.SessionStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** The streams of sessions: decodes, hands to the node's thread, and writes what comes back. */
final class SessionsService extends SessionsGrpc.SessionsImplBase {
  /** Frames that a client may have sent and that the node has not consumed. */
  private static final int FRAMES_AHEAD = 16;

  private final NodeHost node;
  private final long unreadBytesMax;

  SessionsService(NodeHost node, long unreadBytesMax) {
    this.node = node;
    this.unreadBytesMax = unreadBytesMax;
  }

  @Override
  public StreamObserver<ClientFrame> attach(StreamObserver<NodeFrame> responses) {
    ServerCallStreamObserver<NodeFrame> call = (ServerCallStreamObserver<NodeFrame>) responses;
    GrpcConnection connection = new GrpcConnection(call, unreadBytesMax);
    SessionStream stream = new SessionStream(connection);
    call.disableAutoRequest();
    call.setOnReadyHandler(connection::onReady);
    call.setOnCancelHandler(() -> node.onDisconnected(stream));
    call.request(FRAMES_AHEAD);
    return new Frames(stream, connection);
  }

  private final class Frames implements StreamObserver<ClientFrame> {
    private final SessionStream stream;
    private final GrpcConnection connection;

    Frames(SessionStream stream, GrpcConnection connection) {
      this.stream = stream;
      this.connection = connection;
    }

    @Override
    public void onNext(ClientFrame frame) {
      if (isStandIn(frame, FrameMarshaller.TOO_LARGE)) {
        node.onFrameTooLarge(stream);
      } else if (isStandIn(frame, FrameMarshaller.UNREADABLE)) {
        node.onFrameUnreadable(stream);
      } else {
        node.onFrame(stream, frame);
      }
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isStandIn(ClientFrame frame, ClientFrame standIn) {
      return frame == standIn;
    }

    @Override
    public void onError(Throwable problem) {
      // The call was cancelled, or its connection broke; the cancel handler tells the node.
    }

    @Override
    public void onCompleted() {
      node.onDisconnected(stream);
      node.onLoop(_ -> connection.end());
    }
  }
}
