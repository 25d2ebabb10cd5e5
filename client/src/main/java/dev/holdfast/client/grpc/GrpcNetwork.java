package dev.holdfast.client.grpc;

import dev.holdfast.client.session.Network;
import dev.holdfast.client.session.Transport;
import dev.holdfast.client.watch.WatchNetwork;
import dev.holdfast.client.watch.WatchTransport;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop, which is the session's thread too. Callbacks run on the event loop itself: what
 * arrives at the session needs no other thread.
 *
 * <p>Each of a session's streams has a connection of its own, so that a connection which has died
 * without a word is not used for the next attempt. Single calls share one channel for each
 * endpoint.
 */
public final class GrpcNetwork implements Network, WatchNetwork {
  private static final int FRAME_BYTES_MAX = 16 * 1024 * 1024;
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final @Nullable SslContext tls;
  private final EventLoopGroup group;
  private final EventLoop loop;
  private final Map<String, ManagedChannel> shared = new HashMap<>();
  private final Set<ManagedChannel> own = new HashSet<>();
  private boolean closed;

  /**
   * Prepares; the thread starts with its first work.
   *
   * @param threadName the name of the thread
   */
  public GrpcNetwork(String threadName) {
    this(threadName, null);
  }

  /**
   * Prepares; the thread starts with its first work.
   *
   * @param threadName the name of the thread
   * @param tls null to speak plainly
   */
  public GrpcNetwork(String threadName, @Nullable SslContext tls) {
    this.tls = tls;
    ThreadFactory threads = task -> daemon(task, threadName);
    this.group = new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
    this.loop = group.next();
  }

  @Override
  public ScheduledExecutorService loop() {
    return loop;
  }

  @Override
  public Transport transport(Network.StreamEvents events) {
    return new GrpcTransport(this, events);
  }

  @Override
  public WatchTransport watchTransport(WatchNetwork.StreamEvents events) {
    return new GrpcWatchTransport(this, events);
  }

  /**
   * The shared channel to a node; made when first asked for.
   *
   * @param endpoint host:port
   * @throws IllegalStateException if the network is closed
   */
  public synchronized ManagedChannel channel(String endpoint) {
    requireOpen();
    return shared.computeIfAbsent(endpoint, this::open);
  }

  /**
   * Refuses to block the thread that reads the answers.
   *
   * @throws IllegalStateException on the network's own thread
   */
  public void requireOtherThread() {
    if (loop.inEventLoop()) {
      throw new IllegalStateException(
          "a callback on the session's thread must not wait for a node: use another callback"
              + " executor, or ask from a thread of your own");
    }
  }

  synchronized ManagedChannel openOwn(String endpoint) {
    requireOpen();
    ManagedChannel channel = open(endpoint);
    own.add(channel);
    return channel;
  }

  synchronized void closeOwn(ManagedChannel channel) {
    own.remove(channel);
    channel.shutdownNow();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this client is closed");
    }
  }

  private ManagedChannel open(String endpoint) {
    NettyChannelBuilder builder = NettyChannelBuilder.forTarget(target(endpoint));
    if (tls == null) {
      builder.usePlaintext();
    } else {
      builder.sslContext(tls);
    }
    return builder
        .eventLoopGroup(group)
        .channelType(NioSocketChannel.class)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .directExecutor()
        .disableRetry()
        .maxInboundMessageSize(FRAME_BYTES_MAX)
        .build();
  }

  private static String target(String endpoint) {
    // The brackets of an IPv6 address are no part of a path.
    return "dns:///" + endpoint.replace("[", "%5B").replace("]", "%5D");
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Ends connections at once and waits for the thread, unless it is the calling one. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      shared.values().forEach(ManagedChannel::shutdownNow);
      own.forEach(ManagedChannel::shutdownNow);
    }
    var ended = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    if (!loop.inEventLoop()) {
      ended.awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
  }
}
