package dev.holdfast.server.door.grpc;

import dev.holdfast.protocol.v1.WatchFrame;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.protocol.v1.WatchesGrpc;
import dev.holdfast.server.host.NodeHost;
import dev.holdfast.server.watch.WatchConnection;
import dev.holdfast.server.watch.WatchStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** The streams of watchers: hands requests to the node's thread, and writes what comes back. */
final class WatchesService extends WatchesGrpc.WatchesImplBase {
  private final NodeHost node;

  WatchesService(NodeHost node) {
    this.node = node;
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchFrame> responses) {
    ServerCallStreamObserver<WatchFrame> call = (ServerCallStreamObserver<WatchFrame>) responses;
    WatchStream stream = new WatchStream(new Connection(call));
    call.setOnReadyHandler(() -> node.onWatcherReady(stream));
    call.setOnCancelHandler(() -> node.onWatcherGone(stream));
    node.watch(stream, request);
  }

  private static final class Connection implements WatchConnection {
    private final ServerCallStreamObserver<WatchFrame> call;
    private boolean ended;

    Connection(ServerCallStreamObserver<WatchFrame> call) {
      this.call = call;
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(WatchFrame frame) {
      if (!ended && !call.isCancelled()) {
        call.onNext(frame);
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
  }
}
