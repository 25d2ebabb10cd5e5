package dev.holdfast.client;

import dev.holdfast.client.session.RetryPolicy;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executor;

/** Settings of a client. Every method checks its argument and returns this builder. For one thread at a time. */
public final class HoldfastBuilder {
  HoldfastBuilder() {}

  /** Where nodes are: host:port, several apart by commas; without a port, {@value Holdfast#DEFAULT_PORT}. */
  public HoldfastBuilder endpoints(String list) {
    throw new UnsupportedOperationException("not yet");
  }

  /** Tries the endpoints in the order given, instead of beginning anywhere. */
  public HoldfastBuilder endpointsInOrder() {
    throw new UnsupportedOperationException("not yet");
  }

  /** What the session says about itself to people, at most 256 bytes; by default host, pid, user and program. */
  public HoldfastBuilder label(String text) {
    throw new UnsupportedOperationException("not yet");
  }

  /** The client's UUID; by default made by {@link ClientId#create}. */
  public HoldfastBuilder clientId(UUID id) {
    throw new UnsupportedOperationException("not yet");
  }

  /** How long the session outlives its last renewal: 1 s to 1 day, by default 10 s. */
  public HoldfastBuilder sessionTtl(Duration ttl) {
    throw new UnsupportedOperationException("not yet");
  }

  /** Back-off for connecting and for overload. */
  public HoldfastBuilder retry(RetryPolicy policy) {
    throw new UnsupportedOperationException("not yet");
  }

  /** How long one endpoint may take to attach a session before the next is tried: 10 ms to 1 min, by default 2 s. */
  public HoldfastBuilder connectTimeout(Duration timeout) {
    throw new UnsupportedOperationException("not yet");
  }

  /** How long {@link #connect} waits for a session, 10 ms to 1 day, by default 15 s. */
  public HoldfastBuilder openTimeout(Duration timeout) {
    throw new UnsupportedOperationException("not yet");
  }

  /** How long a caller waits for an answer that ought to come at once: 1 ms to 1 day, by default 10 s. */
  public HoldfastBuilder requestTimeout(Duration timeout) {
    throw new UnsupportedOperationException("not yet");
  }

  /** How long {@link Holdfast#close} may take: 0 to 1 min, by default 2 s. */
  public HoldfastBuilder closeTimeout(Duration timeout) {
    throw new UnsupportedOperationException("not yet");
  }

  /** Most locks that the session may hold and wait for, 1 to 1,000,000; 0 for the cluster's own limit. */
  public HoldfastBuilder locksMax(int locks) {
    throw new UnsupportedOperationException("not yet");
  }

  /** Where futures are completed and listeners told; by default a thread of this client. */
  public HoldfastBuilder callbackExecutor(Executor executor) {
    throw new UnsupportedOperationException("not yet");
  }

  /** A client that opens its session with the first call that needs one. Does not block. */
  public Holdfast build() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * A client with an open session.
   *
   * @throws UnavailableException if no node gave it one within the open time-out
   * @throws OverloadedException if nodes refused it as the last word
   * @throws LockRefusedException if the cluster refuses such a session at all
   */
  public Holdfast connect() {
    throw new UnsupportedOperationException("not yet");
  }
}
