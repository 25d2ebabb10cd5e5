package dev.holdfast.client.session;

import java.util.List;

/**
 * What a session is opened with.
 *
 * @param endpoints host:port of at least one node
 * @param endpointsInOrder whether to try them in that order; otherwise the session begins anywhere
 * @param clientId the client's UUID
 * @param label what the session says about itself; at most 256 bytes
 * @param ttlMillis how long it outlives its last renewal; 100 or more
 * @param locksMax most locks that it may hold and wait for; 0 for the cluster's own limit
 * @param retry back-off
 * @param attachTimeoutMillis how long one endpoint may take to attach it; 1 or more
 */
public record SessionSettings(
    List<String> endpoints,
    boolean endpointsInOrder,
    String clientId,
    String label,
    long ttlMillis,
    int locksMax,
    RetryPolicy retry,
    long attachTimeoutMillis) {
  /** Refuses what no session can be opened with. */
  public SessionSettings {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException(
          "at least one endpoint is needed, for instance 127.0.0.1:5470");
    }
    if (ttlMillis < 100) {
      throw new IllegalArgumentException("a session's TTL is 100 ms or more, not " + ttlMillis);
    }
    if (attachTimeoutMillis < 1) {
      throw new IllegalArgumentException(
          "the attach time-out is 1 ms or more, not " + attachTimeoutMillis);
    }
  }
}
