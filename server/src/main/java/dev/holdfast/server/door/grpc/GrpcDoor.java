package dev.holdfast.server.door.grpc;

import dev.holdfast.server.door.Door;
import dev.holdfast.server.door.NodeFacts;
import dev.holdfast.server.door.traffic.DoorTraffic;
import dev.holdfast.server.door.traffic.GrpcTraffic;
import dev.holdfast.server.host.NodeHost;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The gRPC door: sessions, questions about locks, and what operators do. */
public final class GrpcDoor implements Door {
  private static final int READERS = 2;
  private static final int HARD_LIMIT_FACTOR = 4;
  private static final int CALLS_PER_CONNECTION_MAX = 1_000;

  private final NodeHost node;
  private final GrpcDoorSettings settings;
  private final NodeFacts facts;
  private final DoorTraffic traffic = new DoorTraffic("grpc");
  private @Nullable Server server;
  private @Nullable EventLoopGroup acceptor;
  private @Nullable EventLoopGroup workers;
  private @Nullable ScheduledThreadPoolExecutor readers;
  private @Nullable OwnershipService ownership;

  /**
   * A door that is not open yet.
   *
   * @param facts what is told about the node beside its map
   */
  public GrpcDoor(NodeHost node, GrpcDoorSettings settings, NodeFacts facts) {
    this.node = node;
    this.settings = settings;
    this.facts = facts;
  }

  @Override
  public String name() {
    return "grpc";
  }

  @Override
  public String address() {
    return settings.address().getHostString() + ":" + settings.address().getPort();
  }

  @Override
  public DoorTraffic traffic() {
    return traffic;
  }

  @Override
  public void start() throws IOException {
    String id = node.identity().id().value();
    ScheduledThreadPoolExecutor readerThreads = readers(id);
    readers = readerThreads;
    acceptor = eventLoops("holdfast-accept-" + id, 1);
    workers = eventLoops("holdfast-door-" + id, settings.threads());
    Reads reads = new Reads(node, readerThreads);
    OwnershipService past = new OwnershipService(node);
    ownership = past;
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(settings.address())
            .directExecutor()
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(acceptor)
            .workerEventLoopGroup(workers)
            // A little more than a frame may have, so that a frame too large gets an answer of
            // ours.
            .maxInboundMessageSize(HARD_LIMIT_FACTOR * settings.frameBytesMax())
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
            .keepAliveTime(settings.keepAliveMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(settings.keepAliveTimeoutMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(
                FrameMarshaller.service(
                    new SessionsService(node, settings.unreadBytesMax()), settings.frameBytesMax()))
            .addService(new LocksService(reads))
            .addService(past)
            .addService(new WatchesService(node))
            .addService(new ElectionsService(reads))
            .addService(new WaitsService(node, reads))
            .addService(new FilesService(reads))
            .addService(new ClusterService(node, reads, readerThreads, facts));
    GrpcDoorSettings.Tls tls = settings.tls();
    if (tls != null) {
      builder.sslContext(sslContext(tls));
    }
    GrpcTraffic.count(traffic, builder);
    server = builder.build().start();
  }

  private static SslContext sslContext(GrpcDoorSettings.Tls tls) throws IOException {
    SslContextBuilder builder =
        GrpcSslContexts.forServer(tls.certificateChain().toFile(), tls.privateKey().toFile());
    if (tls.clientAuthority() != null) {
      builder.trustManager(tls.clientAuthority().toFile()).clientAuth(ClientAuth.REQUIRE);
    }
    return builder.build();
  }

  private static EventLoopGroup eventLoops(String name, int threads) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
  }

  private static ScheduledThreadPoolExecutor readers(String id) {
    AtomicInteger number = new AtomicInteger();
    ScheduledThreadPoolExecutor readers =
        new ScheduledThreadPoolExecutor(
            READERS,
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name("holdfast-reads-" + id + "-" + number.incrementAndGet())
                    .unstarted(task),
            // What the node lets pass after the door was stopped has nobody left to read it; the
            // node's thread, which hands it over here, must not fail of it.
            new ThreadPoolExecutor.DiscardPolicy());
    readers.setRemoveOnCancelPolicy(true);
    return readers;
  }

  @Override
  public void stop(long patienceMillis) {
    Server running = server;
    if (running != null) {
      running.shutdown();
      try {
        if (!running.awaitTermination(patienceMillis, TimeUnit.MILLISECONDS)) {
          running.shutdownNow();
        }
      } catch (InterruptedException e) {
        running.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }
    if (readers != null) {
      readers.shutdownNow();
    }
    if (ownership != null) {
      ownership.close();
    }
    shutdown(acceptor);
    shutdown(workers);
  }

  private static void shutdown(@Nullable EventLoopGroup group) {
    if (group != null) {
      var _ = group.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
    }
  }
}
