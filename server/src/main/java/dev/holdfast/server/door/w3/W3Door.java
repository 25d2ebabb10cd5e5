package dev.holdfast.server.door.w3;

import dev.holdfast.server.door.ClientsOnLoop;
import dev.holdfast.server.door.Door;
import dev.holdfast.server.door.DoorLoop;
import dev.holdfast.server.door.DoorSite;
import dev.holdfast.server.door.OperationIds;
import dev.holdfast.server.door.traffic.DoorTraffic;
import dev.holdfast.server.door.traffic.GrpcTraffic;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC port of this wire. */
final class W3Door implements Door {
  private static final Logger LOGGER = LoggerFactory.getLogger(W3Door.class);
  private static final int CALLS_PER_CONNECTION_MAX = 1_000;

  /** While a call waits, its client's session is kept: who is gone must not wait for ever. */
  private static final int SILENCE_SECONDS = 10;

  private static final int SIGN_OF_LIFE_SECONDS = 5;

  private final W3Settings settings;
  private final DoorSite site;
  private final DoorTraffic traffic = new DoorTraffic("w3");
  private @Nullable Server server;
  private @Nullable EventLoopGroup sockets;
  private @Nullable ScheduledThreadPoolExecutor thread;
  private @Nullable Runnable sendAway;

  W3Door(W3Settings settings, DoorSite site) {
    this.settings = settings;
    this.site = site;
  }

  @Override
  public String name() {
    return "w3";
  }

  @Override
  public String address() {
    return site.address().toString();
  }

  @Override
  public DoorTraffic traffic() {
    return traffic;
  }

  @Override
  public void start() throws IOException {
    ScheduledThreadPoolExecutor ownThread =
        new ScheduledThreadPoolExecutor(
            1,
            task ->
                Thread.ofPlatform().daemon().name("holdfast-w3-" + site.node()).unstarted(task));
    ownThread.setRemoveOnCancelPolicy(true);
    thread = ownThread;
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("holdfast-w3-sockets-" + site.node(), true),
            NioIoHandler.newFactory());
    sockets = loops;
    DoorLoop loop = new OnThread(ownThread);
    LockManager manager =
        new LockManager(
            settings, new ClientsOnLoop(site.clients(), loop), loop, OperationIds.random());
    sendAway = () -> loop.execute(manager::stop);
    NettyServerBuilder port =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(site.address().host(), site.address().port()))
            .directExecutor()
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .maxInboundMessageSize(Math.toIntExact(settings.requestBytesMax().bytes()))
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
            .keepAliveTime(SILENCE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(SIGN_OF_LIFE_SECONDS, TimeUnit.SECONDS)
            .addService(new LockServiceCalls(manager, loop));
    GrpcTraffic.count(traffic, port);
    server = port.build().start();
  }

  @Override
  public void stop(long patienceMillis) {
    Server running = server;
    if (running != null) {
      running.shutdown();
      if (sendAway != null) {
        sendAway.run();
      }
      try {
        if (!running.awaitTermination(patienceMillis, TimeUnit.MILLISECONDS)) {
          LOGGER.debug("door_not_ended door=w3 after_millis={}", patienceMillis);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      running.shutdownNow();
    }
    if (thread != null) {
      thread.shutdownNow();
    }
    if (sockets != null) {
      var _ = sockets.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
    }
  }

  /** The door's thread; what it runs and throws is a bug, and does not end it. */
  private record OnThread(ScheduledThreadPoolExecutor thread) implements DoorLoop {
    @Override
    public void execute(Runnable task) {
      thread.execute(guarded(task));
    }

    @Override
    public Runnable after(long millis, Runnable task) {
      ScheduledFuture<?> scheduled = thread.schedule(guarded(task), millis, TimeUnit.MILLISECONDS);
      return () -> scheduled.cancel(false);
    }

    private static Runnable guarded(Runnable task) {
      return () -> {
        try {
          task.run();
        } catch (RuntimeException bug) {
          LOGGER.error("door_failed door=w3", bug);
        }
      };
    }
  }
}
