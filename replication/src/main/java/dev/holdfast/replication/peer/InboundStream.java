package dev.holdfast.replication.peer;

import dev.holdfast.replication.NodeId;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream that another node opened to this one. What arrives is handled in order on the event loop
 * of its connection, with no change of threads: a commit waits for two of these. Answers may be
 * sent from any thread.
 */
public final class InboundStream implements StreamObserver<byte[]>, Incumbents.Voice {
  private static final Logger log = LoggerFactory.getLogger(InboundStream.class);

  /** Frames that may wait to be handled; beyond that the sender is held up. */
  private static final int FRAMES_WAITING_MAX = 512;

  private final ServerCallStreamObserver<byte[]> out;
  private final PeerTransport transport;
  private final RequestHandler requests;
  private final String from;

  /** One after another, though the end of a stream may come from another thread than its frames. */
  private final SynchronizationContext ordered;

  private final ConcurrentMap<String, Object> attributes = new ConcurrentHashMap<>();
  private volatile @Nullable NodeId remote;
  private volatile long lastHeardNanos = System.nanoTime();
  private boolean closed;

  InboundStream(
      ServerCallStreamObserver<byte[]> out,
      PeerTransport transport,
      RequestHandler requests,
      String from) {
    this.out = out;
    this.transport = transport;
    this.requests = requests;
    this.from = from;
    this.ordered =
        new SynchronizationContext(
            (thread, problem) -> log.error("The stream of {} met a bug", remote, problem));
    out.disableAutoRequest();
    out.request(FRAMES_WAITING_MAX);
  }

  /** The node at the other end. */
  public NodeId remote() {
    NodeId known = remote;
    if (known == null) {
      throw new IllegalStateException("a request before the greeting");
    }
    return known;
  }

  /** What the user of this stream wants to remember with it. */
  public ConcurrentMap<String, Object> attributes() {
    return attributes;
  }

  /** Answers a request; dropped if the stream is gone. */
  public void respond(byte[] request, byte[] response) {
    write(Frame.address(response, Frame.RESPONSE, Frame.id(request)));
  }

  /** Answers that a request could not be handled. */
  public void fail(byte[] request, String reason) {
    byte[] frame = Frame.of(0, reason.getBytes(StandardCharsets.UTF_8));
    write(Frame.address(frame, Frame.FAILURE, Frame.id(request)));
  }

  @Override
  public String toString() {
    return "stream of " + remote;
  }

  @Override
  public void onNext(byte[] frame) {
    if (isClosed()) {
      return;
    }
    lastHeardNanos = System.nanoTime();
    ordered.execute(
        () -> {
          try {
            handle(frame);
          } catch (RuntimeException | IOException e) {
            log.warn("A frame of {} could not be handled", remote, e);
            close(Status.INTERNAL.withDescription(String.valueOf(e.getMessage())));
          }
          requestNext();
        });
  }

  private void handle(byte[] frame) throws IOException {
    byte kind = Frame.kind(frame);
    if (kind == Frame.GREETING) {
      greet(Greeting.decode(frame, Frame.HEADER_BYTES));
    } else if (remote == null) {
      throw new IOException("frame of kind " + kind + " before the greeting");
    } else if (kind == Frame.REQUEST) {
      requests.onRequest(this, frame);
    } else if (kind == Frame.PING) {
      write(Frame.address(Frame.allocate(0, 0), Frame.PONG, 0));
    } else if (kind == Frame.MESSAGE) {
      transport.messenger().deliver(remote(), Frame.body(frame));
    } else {
      throw new IOException("unknown kind of frame: " + kind);
    }
  }

  private void greet(Greeting theirs) {
    Greeting ours = transport.greeting();
    if (!theirs.cluster().equals(ours.cluster())) {
      log.warn(
          "Turned away {}, which belongs to the cluster '{}' and not to '{}'",
          theirs.node(),
          theirs.cluster(),
          ours.cluster());
      close(Status.FAILED_PRECONDITION.withDescription("this is cluster " + ours.cluster()));
      return;
    }
    switch (transport.incumbents().greet(theirs, this, System.nanoTime())) {
      case Incumbents.Verdict.TurnedAway(String reason, boolean repeated) -> {
        if (!repeated) {
          log.warn(
              "Turned away a second process of {}, {} at {} from {}: another is connected, {}",
              theirs.node(),
              theirs.process(),
              theirs.address(),
              from,
              reason);
        }
        close(Status.ALREADY_EXISTS.withDescription(reason));
        return;
      }
      case Incumbents.Verdict.Welcome(List<Incumbents.Voice> replaced) ->
          replaced.forEach(Incumbents.Voice::hush);
    }
    remote = theirs.node();
    if (isClosed()) {
      // It ended while it greeted, and what ended it did not know the name yet.
      transport.incumbents().leave(theirs.node(), this);
    }
    write(Frame.address(Frame.of(0, ours.encode()), Frame.GREETING, 0));
  }

  @Override
  public long lastHeardNanos() {
    return lastHeardNanos;
  }

  @Override
  public String from() {
    return from;
  }

  @Override
  public void hush() {
    close(Status.ABORTED.withDescription("another process of this node has taken its place"));
  }

  private synchronized void write(byte[] frame) {
    if (closed) {
      return;
    }
    try {
      out.onNext(frame);
    } catch (RuntimeException e) {
      // The stream has just gone; onError follows and cleans up.
      log.debug("An answer to {} was dropped", remote, e);
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void requestNext() {
    if (!closed) {
      out.request(1);
    }
  }

  /** Ends the stream; the peer opens another if it wants to. */
  public void close() {
    close(Status.ABORTED);
  }

  private void close(Status status) {
    synchronized (this) {
      if (!closed) {
        try {
          out.onError(status.asRuntimeException());
        } catch (RuntimeException e) {
          log.debug("The stream of {} had ended already", remote, e);
        }
      }
    }
    ended();
  }

  @Override
  public void onError(Throwable t) {
    ended();
  }

  @Override
  public void onCompleted() {
    synchronized (this) {
      if (!closed) {
        out.onCompleted();
      }
    }
    ended();
  }

  /** Comes after the requests that are queued already, since the engine relies on that order. */
  private void ended() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    transport.forget(this);
    NodeId known = remote;
    if (known != null) {
      transport.incumbents().leave(known, this);
    }
    ordered.execute(() -> requests.onClosed(this));
  }
}
