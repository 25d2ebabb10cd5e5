package dev.holdfast.replication.peer;

import dev.holdfast.replication.NodeId;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of one kind that this node opened, one for each peer. A dead one is opened again when
 * it is asked for, but not more often than every {@link #RETRY_NANOS}.
 */
public final class Links {
  private static final Logger log = LoggerFactory.getLogger(Links.class);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(80);

  private final MethodDescriptor<byte[], byte[]> method;
  private final PeerTransport transport;
  private final Function<Peer, ManagedChannel> channels;
  private final ConcurrentMap<Peer, Link> links = new ConcurrentHashMap<>();
  private final Map<Peer, Long> lastTryNanos = new HashMap<>();
  private volatile Consumer<Peer> upListener = peer -> {};
  private volatile Consumer<Peer> downListener = peer -> {};
  private volatile boolean closed;

  Links(
      MethodDescriptor<byte[], byte[]> method,
      PeerTransport transport,
      Function<Peer, ManagedChannel> channels) {
    this.method = method;
    this.transport = transport;
    this.channels = channels;
  }

  /** Sets who hears that a peer can be reached; called on a thread of the transport. */
  public void onUp(Consumer<Peer> listener) {
    upListener = listener;
  }

  /** Sets who hears that a peer can no longer be reached. */
  public void onDown(Consumer<Peer> listener) {
    downListener = listener;
  }

  /** Whether the peer has answered on a stream that still stands. */
  public boolean isUp(Peer peer) {
    Link link = links.get(peer);
    return link != null && link.isUp();
  }

  /** As {@link #isUp}, and begins to connect if there is no stream. */
  public boolean connect(Peer peer) {
    Link link = current(peer);
    return link != null && link.isUp();
  }

  /** As {@link #connect}, and waits for the peer's answer. */
  public boolean awaitUp(Peer peer, long millis) throws InterruptedException {
    Link link = current(peer);
    return link != null && link.awaitUp(millis);
  }

  /**
   * Sends a request.
   *
   * @param frame from {@link Frame#allocate}; not to be used again
   * @param handler hears the answer or why there is none, possibly before this returns
   */
  public void request(Peer peer, byte[] frame, long timeoutMillis, ResponseHandler handler) {
    Link link = current(peer);
    if (link == null) {
      handler.onResponse(null, new PeerException("no connection to " + peer, false));
    } else {
      link.request(frame, timeoutMillis, handler);
    }
  }

  /** Ends the stream to a peer, if there is one. */
  public void disconnect(Peer peer) {
    Link link = links.get(peer);
    if (link != null) {
      link.close("closed by this node");
    }
  }

  boolean send(NodeId to, byte[] message) {
    for (Map.Entry<Peer, Link> entry : links.entrySet()) {
      if (entry.getKey().id().equals(to) && entry.getValue().send(message)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Link current(Peer peer) {
    Link link = links.get(peer);
    if (link != null || closed) {
      return link;
    }
    synchronized (lastTryNanos) {
      link = links.get(peer);
      if (link != null || closed) {
        return link;
      }
      long now = System.nanoTime();
      Long last = lastTryNanos.get(peer);
      if (last != null && now - last < RETRY_NANOS) {
        return null;
      }
      lastTryNanos.put(peer, now);
      link = new Link(peer, this, transport.pulse(peer));
      links.put(peer, link);
    }
    ManagedChannel channel = channels.apply(peer);
    // gRPC would otherwise wait for up to two minutes before it dials a restarted peer again.
    channel.resetConnectBackoff();
    link.open(channel, method, transport.greeting());
    return link;
  }

  /** Whether it is the peer's one process that answers; ends the link if not. */
  boolean welcomes(Link link, Greeting theirs) {
    switch (transport.incumbents().greet(theirs, link, System.nanoTime())) {
      case Incumbents.Verdict.TurnedAway(String reason, boolean repeated) -> {
        if (!repeated) {
          log.warn(
              "At {} answers a second process of {}, {}: another is connected, {}",
              link.peer().address(),
              theirs.node(),
              theirs.process(),
              reason);
        }
        link.close("a second process of that node answers");
        return false;
      }
      case Incumbents.Verdict.Welcome(List<Incumbents.Voice> replaced) ->
          replaced.forEach(Incumbents.Voice::hush);
    }
    if (link.isDead()) {
      transport.incumbents().leave(theirs.node(), link);
    }
    return true;
  }

  /** The peer hears from another process of this node. */
  void onTurnedAway(Link link, String reason) {
    transport.refusals().refused(link.peer(), reason, System.nanoTime());
  }

  void onUp(Link link) {
    transport.refusals().welcomed(link.peer());
    upListener.accept(link.peer());
  }

  void onDead(Link link) {
    transport.incumbents().leave(link.peer().id(), link);
    if (links.remove(link.peer(), link) && link.wasUp()) {
      downListener.accept(link.peer());
    }
  }

  /** Opens what is missing, ends what is not wanted or silent. */
  void sweep(Set<Peer> wanted, Consumer<Peer> onSilent) {
    wanted.forEach(this::connect);
    long now = System.nanoTime();
    links.forEach(
        (peer, link) -> {
          if (!link.sweep(now)) {
            link.close("silent");
            onSilent.accept(peer);
          }
        });
  }

  void close() {
    closed = true;
    links.values().forEach(link -> link.close("this node stops"));
  }
}
