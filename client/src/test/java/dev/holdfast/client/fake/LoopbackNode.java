package dev.holdfast.client.fake;

import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.SessionsGrpc;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A real gRPC server on a free port of the loopback, with whatever services a test gives it. */
public final class LoopbackNode implements AutoCloseable {
  /**
   * Kept, so that its level is: a server's complaints about broken connections are no news here.
   */
  private static final Logger NOISE =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

  static {
    NOISE.setLevel(Level.OFF);
  }

  private final Server server;

  /** A node with these services. */
  public LoopbackNode(BindableService... services) {
    this(null, services);
  }

  private LoopbackNode(@Nullable SslContext tls, BindableService... services) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor();
    if (tls != null) {
      builder.sslContext(tls);
    }
    List.of(services).forEach(builder::addService);
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A node of a cluster, for sessions. */
  public static LoopbackNode of(LiveCluster cluster, String name) {
    return new LoopbackNode(new SessionService(cluster, name));
  }

  /** The same, speaking TLS as a node does. */
  public static LoopbackNode of(LiveCluster cluster, String name, SslContext tls) {
    return new LoopbackNode(tls, new SessionService(cluster, name));
  }

  public int port() {
    return server.getPort();
  }

  public String endpoint() {
    return "127.0.0.1:" + port();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** Hands frames to the cluster's own thread, and what it says to the stream. */
  private static final class SessionService extends SessionsGrpc.SessionsImplBase {
    private final LiveCluster cluster;
    private final String name;

    SessionService(LiveCluster cluster, String name) {
      this.cluster = cluster;
      this.name = name;
    }

    @Override
    public StreamObserver<ClientFrame> attach(StreamObserver<NodeFrame> caller) {
      ServerCallStreamObserver<NodeFrame> out = (ServerCallStreamObserver<NodeFrame>) caller;
      out.setOnCancelHandler(() -> {}); // so that telling a client that is gone throws nothing
      CompletableFuture<FakeCluster.NodeStream> node =
          cluster.later(
              each ->
                  each.connect(
                      name,
                      frame -> {
                        if (!out.isCancelled()) {
                          out.onNext(frame);
                        }
                      }));
      return new StreamObserver<>() {
        @Override
        public void onNext(ClientFrame frame) {
          var _ =
              cluster.later(
                  each -> {
                    node.join().accept(frame);
                    return true;
                  });
        }

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {}
      };
    }
  }
}
