package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.ClientFrame;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The session's one stream: at which endpoint it is, when another one is due, and when a node has
 * been silent for so long that it counts as gone.
 */
final class StreamLink {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** The stream, in the order in which it is lived. */
  private enum Stage {
    /** None; the next attempt is due at {@link #retryAtNanos}. */
    DOWN,
    /** Opened, and the node has not said yet that it attached the session. */
    ATTACHING,
    /** In use. */
    ATTACHED
  }

  private final Transport transport;
  private final Endpoints endpoints;
  private final RetryPolicy retry;
  private final RandomGenerator random;
  private final long attachTimeoutNanos;

  private Stage stage = Stage.DOWN;
  private int stream;
  private String endpoint = "";
  private int failures;
  private long retryAtNanos;
  private long attachingSinceNanos;

  /** Since when a node owes us something; {@link Long#MAX_VALUE} if it does not. */
  private long expectingSinceNanos = Long.MAX_VALUE;

  StreamLink(Transport transport, SessionSettings settings, RandomGenerator random, long nowNanos) {
    this.transport = transport;
    this.endpoints = new Endpoints(settings.endpoints(), settings.endpointsInOrder(), random);
    this.retry = settings.retry();
    this.random = random;
    this.attachTimeoutNanos = settings.attachTimeoutMillis() * NANOS_PER_MILLI;
    this.retryAtNanos = nowNanos;
  }

  boolean isAttached() {
    return stage == Stage.ATTACHED;
  }

  boolean isUp() {
    return stage != Stage.DOWN;
  }

  /** Whether something that happened on a stream concerns us: older streams do not. */
  boolean isPresent(int which) {
    return which == stream && stage != Stage.DOWN;
  }

  String endpoint() {
    return endpoint;
  }

  boolean isDue(long nowNanos) {
    return stage == Stage.DOWN && nowNanos >= retryAtNanos;
  }

  void open(long nowNanos, ClientFrame first) {
    endpoint = endpoints.next();
    stream++;
    stage = Stage.ATTACHING;
    attachingSinceNanos = nowNanos;
    transport.open(stream, endpoint);
    transport.send(stream, first);
  }

  void attached(List<String> toldEndpoints) {
    stage = Stage.ATTACHED;
    endpoints.learn(toldEndpoints, endpoint);
  }

  /** The node does what it is there for. */
  void proven() {
    failures = 0;
  }

  void send(ClientFrame frame, long nowNanos) {
    transport.send(stream, frame);
    expectingSinceNanos = Math.min(expectingSinceNanos, nowNanos);
  }

  /** The node said something; {@code owes} tells whether that was all that it has to say. */
  void heard(boolean owes, long nowNanos) {
    expectingSinceNanos = owes ? nowNanos : Long.MAX_VALUE;
  }

  /** Goes on elsewhere: each other endpoint gets a chance at once, and after that patience. */
  void failed(long nowNanos) {
    drop();
    failures++;
    int rounds = failures - endpoints.count() + 1;
    retryAtNanos = nowNanos + (rounds <= 0 ? 0 : retry.delayNanos(rounds, random));
  }

  /** Goes next to one of those that a node recommends. */
  void prefer(List<String> recommended) {
    endpoints.prefer(recommended, endpoint);
  }

  void drop() {
    if (stage != Stage.DOWN) {
      transport.drop(stream);
    }
    stage = Stage.DOWN;
    expectingSinceNanos = Long.MAX_VALUE;
  }

  /**
   * Why the stream is to be given up; null if it is not. A node that is silent may be frozen, or
   * cut off.
   */
  @Nullable String problemAt(long nowNanos, long silenceMaxNanos) {
    return switch (stage) {
      case DOWN -> null;
      case ATTACHING ->
          nowNanos - attachingSinceNanos >= attachTimeoutNanos
              ? endpoint + " did not attach the session in time"
              : null;
      case ATTACHED ->
          nowNanos >= silentAtNanos(silenceMaxNanos)
              ? endpoint + " has been silent for too long"
              : null;
    };
  }

  long nextWakeNanos(long silenceMaxNanos) {
    return switch (stage) {
      case DOWN -> retryAtNanos;
      case ATTACHING -> attachingSinceNanos + attachTimeoutNanos;
      case ATTACHED -> silentAtNanos(silenceMaxNanos);
    };
  }

  private long silentAtNanos(long silenceMaxNanos) {
    return expectingSinceNanos == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : expectingSinceNanos + silenceMaxNanos;
  }
}
