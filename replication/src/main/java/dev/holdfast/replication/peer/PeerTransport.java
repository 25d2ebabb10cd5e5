package dev.holdfast.replication.peer;

import dev.holdfast.replication.PeerAddress;
import dev.holdfast.replication.PeerMessenger;
import dev.holdfast.replication.PeerTls;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's peer port and its streams to the other nodes.
 *
 * <p>For each directed pair of nodes there are two gRPC streams on one connection: one for the
 * engine's requests, one for messages and questions. Streams to all {@linkplain #keepLinks peers}
 * are kept open, since the engine asks whether a peer is connected while it holds the lock of its
 * node. Everything that is called back runs on threads named {@code holdfast-inbound-<node>} (event
 * loops of the connections that other nodes opened), {@code holdfast-outbound-<node>} (the event
 * loop of those that this node opened), or {@code holdfast-links-<node>}.
 *
 * <p>The two kinds of event loops are apart because a frame that arrives may have to wait for the
 * engine's lock, and whoever has that lock may wait for an answer on a connection of this node.
 */
public final class PeerTransport implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PeerTransport.class);

  private static final int CONNECT_TIMEOUT_MILLIS = 1_000;
  private static final long SWEEP_MILLIS = 150;

  /** Threads begin with their first connection. */
  private static final int INBOUND_LOOPS_MAX = 8;

  private final Greeting greeting;
  private final PeerAddress bind;
  private final @Nullable PeerTls tls;
  private final Links engineLinks;
  private final Links messageLinks;
  private final Messenger messenger;
  private final ConcurrentMap<Peer, ManagedChannel> channels = new ConcurrentHashMap<>();
  private final ConcurrentMap<Peer, Pulse> pulses = new ConcurrentHashMap<>();
  private final Incumbents incumbents = new Incumbents();
  private final Refusals refusals = new Refusals();
  private final Set<InboundStream> inbound = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer;
  private final EventLoops inboundLoops;
  private final EventLoops outboundLoops;
  private volatile Set<Peer> wanted = Set.of();
  private volatile Consumer<String> turnedAwayListener = reason -> {};
  private volatile @Nullable ChannelCredentials clientCredentials;
  private @Nullable Server server;

  /**
   * A transport that is not open yet.
   *
   * @param self this node and where the others reach it
   * @param process tells this process from others under the same id
   * @param bind the only address on which it listens
   * @param tls mutual TLS, or null
   */
  public PeerTransport(
      String cluster, Peer self, ProcessNumber process, PeerAddress bind, @Nullable PeerTls tls) {
    this.greeting = new Greeting(cluster, self.id(), process, self.address().toString());
    this.bind = bind;
    this.tls = tls;
    this.engineLinks = new Links(PeerMethods.ENGINE, this, this::channel);
    this.messageLinks = new Links(PeerMethods.MESSAGES, this, this::channel);
    this.messenger = new Messenger(messageLinks);
    this.timer = Executors.newSingleThreadScheduledExecutor(threads("links"));
    this.inboundLoops = new EventLoops(INBOUND_LOOPS_MAX, threads("inbound"));
    // One, so that what goes to several peers at once takes one wake-up.
    this.outboundLoops = new EventLoops(1, threads("outbound"));
  }

  /**
   * Binds the port and begins to connect.
   *
   * @param engine takes the requests on the engine's streams
   * @param questions takes the requests on the other streams
   * @throws IOException if the address cannot be bound or a certificate cannot be read
   */
  public void open(RequestHandler engine, RequestHandler questions) throws IOException {
    clientCredentials = PeerCredentials.client(tls);
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(bind.host(), bind.port()), PeerCredentials.server(tls))
            .directExecutor()
            .channelType(inboundLoops.serverChannelType())
            .bossEventLoopGroup(inboundLoops.group())
            .workerEventLoopGroup(inboundLoops.group())
            .maxInboundMessageSize(PeerMethods.FRAME_BYTES_MAX)
            .addService(
                ServerInterceptors.intercept(service(engine, questions), new RemoteAddress()))
            .build()
            .start();
    var _ = timer.scheduleWithFixedDelay(this::sweep, 0, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private ServerServiceDefinition service(RequestHandler engine, RequestHandler questions) {
    return ServerServiceDefinition.builder(PeerMethods.SERVICE)
        .addMethod(PeerMethods.ENGINE, ServerCalls.asyncBidiStreamingCall(accept(engine)))
        .addMethod(PeerMethods.MESSAGES, ServerCalls.asyncBidiStreamingCall(accept(questions)))
        .build();
  }

  private ServerCalls.BidiStreamingMethod<byte[], byte[]> accept(RequestHandler handler) {
    return responses -> {
      InboundStream stream =
          new InboundStream(
              (ServerCallStreamObserver<byte[]>) responses, this, handler, RemoteAddress.current());
      inbound.add(stream);
      return stream;
    };
  }

  /** The streams for the engine's requests. */
  public Links engineLinks() {
    return engineLinks;
  }

  /** The streams for messages and questions. */
  public Links messageLinks() {
    return messageLinks;
  }

  /** Messages beside the engine. */
  public PeerMessenger messages() {
    return messenger;
  }

  Messenger messenger() {
    return messenger;
  }

  Greeting greeting() {
    return greeting;
  }

  /** Sets the peers to which streams are kept open. */
  public void keepLinks(Set<Peer> peers) {
    wanted = Set.copyOf(peers);
  }

  /**
   * Waits until each of the peers that are to be connected has been asked once whether it takes
   * this process for its node, a moment at most, and as long as one does not.
   *
   * @return empty if this process may take part as far as anybody knows; else who hears from
   *     another process of its id, and where that runs
   */
  public Optional<String> awaitWelcome() throws InterruptedException {
    Set<Peer> peers = wanted;
    peers.forEach(engineLinks::connect);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CONNECT_TIMEOUT_MILLIS);
    for (Peer peer : peers) {
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      engineLinks.awaitUp(peer, Math.max(0, leftMillis));
    }
    return refusals.awaitNone();
  }

  /** Sets who hears, more than once, what {@link #awaitWelcome} would say from now on. */
  public void onTurnedAway(Consumer<String> listener) {
    turnedAwayListener = listener;
  }

  /**
   * Asks a peer something outside of the engine.
   *
   * @return the body of the answer, or a {@link PeerException}
   */
  public CompletableFuture<byte[]> ask(Peer peer, int type, byte[] body, long timeoutMillis) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    messageLinks.request(
        peer,
        Frame.of(type, body),
        timeoutMillis,
        (frame, failure) -> {
          if (frame != null) {
            answer.complete(Frame.body(frame));
          } else if (failure != null) {
            answer.completeExceptionally(failure);
          }
        });
    return answer;
  }

  ThreadFactory threads(String role) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task);
      int n = number.getAndIncrement();
      thread.setName("holdfast-" + role + "-" + greeting.node() + (n == 0 ? "" : "-" + n));
      thread.setDaemon(true);
      return thread;
    };
  }

  private ManagedChannel channel(Peer peer) {
    return channels.computeIfAbsent(peer, this::newChannel);
  }

  private ManagedChannel newChannel(Peer peer) {
    ChannelCredentials credentials = clientCredentials;
    if (credentials == null) {
      throw new IllegalStateException("the transport is not open");
    }
    return NettyChannelBuilder.forAddress(peer.address().host(), peer.address().port(), credentials)
        .directExecutor()
        .channelType(outboundLoops.channelType())
        .eventLoopGroup(outboundLoops.group())
        .disableRetry()
        .maxInboundMessageSize(PeerMethods.FRAME_BYTES_MAX)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .build();
  }

  /** The pulse of the connection to a peer, for a stream that is about to be opened on it. */
  Pulse pulse(Peer peer) {
    Pulse pulse = pulses.computeIfAbsent(peer, p -> new Pulse());
    pulse.heard(); // it has its time to answer from now on
    return pulse;
  }

  private void sweep() {
    try {
      Set<Peer> peers = wanted;
      engineLinks.sweep(peers, this::dropChannel);
      messageLinks.sweep(peers, this::dropChannel);
      refusals.lasting().ifPresent(turnedAwayListener);
    } catch (RuntimeException e) {
      // Without the sweep nothing ever times out, so it must go on.
      log.error("The links could not be looked after", e);
    }
  }

  /** A silent connection may be cut: the next stream goes over a new one. */
  private void dropChannel(Peer peer) {
    ManagedChannel channel = channels.remove(peer);
    if (channel != null) {
      channel.shutdownNow();
    }
  }

  void forget(InboundStream stream) {
    inbound.remove(stream);
  }

  Incumbents incumbents() {
    return incumbents;
  }

  Refusals refusals() {
    return refusals;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    engineLinks.close();
    messageLinks.close();
    channels.values().forEach(ManagedChannel::shutdownNow);
    Server running = server;
    if (running != null) {
      running.shutdownNow();
      inbound.forEach(InboundStream::close);
      awaitTermination(running);
    }
    inboundLoops.close();
    outboundLoops.close();
  }

  private static void awaitTermination(Server server) {
    try {
      // The port must be free again when this returns.
      server.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
