package dev.holdfast.replication.peer;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream that this node opened to a peer. Dies once; another link takes its place.
 *
 * <p>Frames travel in the order of the calls. A link that has heard nothing for {@link
 * Pulse#SILENCE_MAX_NANOS} although it asked for a sign of life is taken to be cut: after a
 * partition the kernel's retransmission may be tens of seconds away, a new connection is not.
 */
final class Link implements StreamObserver<byte[]>, Incumbents.Voice {
  private static final Logger log = LoggerFactory.getLogger(Link.class);

  /** Bytes that may wait in a link before messages are dropped. */
  private static final int UNSENT_BYTES_MAX = 32 << 20;

  private final Peer peer;
  private final Links owner;
  private final Pulse pulse;
  private final ConcurrentHashMap<Long, Pending> pending = new ConcurrentHashMap<>();
  private final CountDownLatch settled = new CountDownLatch(1);
  private volatile @Nullable ClientCallStreamObserver<byte[]> out;
  private volatile boolean greeted;
  private volatile long lastHeardNanos = System.nanoTime();
  private volatile boolean dead;
  private long lastId;

  Link(Peer peer, Links owner, Pulse pulse) {
    this.peer = peer;
    this.owner = owner;
    this.pulse = pulse;
  }

  void open(ManagedChannel channel, MethodDescriptor<byte[], byte[]> method, Greeting greeting) {
    CallOptions options = CallOptions.DEFAULT.withOnReadyThreshold(UNSENT_BYTES_MAX);
    StreamObserver<byte[]> stream =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(method, options), this);
    synchronized (this) {
      // Not earlier: others find this link in the table already, and a call that has not been
      // started takes nothing. The greeting goes before whatever they want to send.
      out = (ClientCallStreamObserver<byte[]>) stream;
      if (dead) {
        out.cancel("ended before it began", null);
      }
      write(Frame.address(Frame.of(0, greeting.encode()), Frame.GREETING, 0));
    }
  }

  Peer peer() {
    return peer;
  }

  boolean isUp() {
    return greeted && !dead;
  }

  boolean isDead() {
    return dead;
  }

  boolean wasUp() {
    return greeted;
  }

  /** Waits until the peer has answered or the link is known to be dead. */
  boolean awaitUp(long millis) throws InterruptedException {
    return settled.await(millis, TimeUnit.MILLISECONDS) && isUp();
  }

  /** Sends a request; the handler hears of a dead link too. */
  void request(byte[] frame, long timeoutMillis, ResponseHandler handler) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    synchronized (this) {
      ClientCallStreamObserver<byte[]> stream = out;
      if (!dead && stream != null) {
        long id = ++lastId;
        pending.put(id, new Pending(handler, deadline));
        stream.onNext(Frame.address(frame, Frame.REQUEST, id));
        return;
      }
    }
    handler.onResponse(null, new PeerException("no connection to " + peer, false));
  }

  /** Sends a message unless the link is down or full. */
  synchronized boolean send(byte[] message) {
    ClientCallStreamObserver<byte[]> stream = out;
    if (!isUp() || stream == null || !stream.isReady()) {
      return false;
    }
    stream.onNext(Frame.address(Frame.of(0, message), Frame.MESSAGE, 0));
    return true;
  }

  private synchronized void write(byte[] frame) {
    ClientCallStreamObserver<byte[]> stream = out;
    if (!dead && stream != null) {
      stream.onNext(frame);
    }
  }

  @Override
  public void onNext(byte[] frame) {
    pulse.heard();
    lastHeardNanos = System.nanoTime();
    switch (Frame.kind(frame)) {
      case Frame.GREETING -> greeted(frame);
      case Frame.RESPONSE -> answer(frame, null);
      case Frame.FAILURE ->
          answer(null, Frame.id(frame), new String(Frame.body(frame), StandardCharsets.UTF_8));
      default -> {
        // A pong; that something came is all that matters.
      }
    }
  }

  private void greeted(byte[] frame) {
    try {
      Greeting theirs = Greeting.decode(frame, Frame.HEADER_BYTES);
      if (!theirs.node().equals(peer.id())) {
        log.warn("At {} answers {}, not {}", peer.address(), theirs.node(), peer.id());
        close("another node answers");
        return;
      }
      if (!owner.welcomes(this, theirs)) {
        return;
      }
    } catch (IOException e) {
      close(String.valueOf(e.getMessage()));
      return;
    }
    greeted = true;
    settled.countDown();
    owner.onUp(this);
  }

  private void answer(byte[] frame, @Nullable PeerException failure) {
    Pending asked = pending.remove(Frame.id(frame));
    if (asked != null) { // else it had timed out
      asked.handler.onResponse(frame, failure);
    }
  }

  private void answer(byte @Nullable [] frame, long id, String reason) {
    Pending asked = pending.remove(id);
    if (asked != null) {
      asked.handler.onResponse(frame, new PeerException(peer + " says: " + reason, false));
    }
  }

  @Override
  public long lastHeardNanos() {
    return lastHeardNanos;
  }

  @Override
  public String from() {
    return peer.address().toString();
  }

  @Override
  public void hush() {
    close("another process of this node has taken its place");
  }

  @Override
  public void onError(Throwable t) {
    Status status = Status.fromThrowable(t);
    if (status.getCode() == Status.Code.ALREADY_EXISTS) {
      owner.onTurnedAway(this, String.valueOf(status.getDescription()));
    }
    die(status.toString());
  }

  @Override
  public void onCompleted() {
    die("closed by the peer");
  }

  void close(String reason) {
    if (!markDead()) {
      return;
    }
    // Not earlier: a call that has been cancelled throws at whoever still sends.
    ClientCallStreamObserver<byte[]> stream = out;
    if (stream != null) {
      stream.cancel(reason, null);
    }
    bury(reason);
  }

  private void die(String reason) {
    if (markDead()) {
      bury(reason);
    }
  }

  /**
   * Whether this is the end of the link; false if it was dead already. Nothing is sent after it.
   */
  private synchronized boolean markDead() {
    if (dead) {
      return false;
    }
    dead = true;
    return true;
  }

  private void bury(String reason) {
    settled.countDown();
    owner.onDead(this);
    for (Long id : pending.keySet()) {
      Pending asked = pending.remove(id);
      if (asked != null) {
        asked.handler.onResponse(null, new PeerException(peer + ": " + reason, false));
      }
    }
  }

  /**
   * Ends requests whose time is over, and asks for a sign of life.
   *
   * @return false if the peer has been silent for too long
   */
  boolean sweep(long nowNanos) {
    pending.forEach(
        (id, asked) -> {
          if (asked.deadlineNanos - nowNanos < 0 && pending.remove(id, asked)) {
            asked.handler.onResponse(null, new PeerException("no answer from " + peer, true));
          }
        });
    if (greeted && pulse.shouldAsk(nowNanos)) {
      write(Frame.address(Frame.allocate(0, 0), Frame.PING, 0));
    }
    return !pulse.isLost(nowNanos);
  }

  private record Pending(ResponseHandler handler, long deadlineNanos) {}
}
