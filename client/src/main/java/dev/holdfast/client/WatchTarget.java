package dev.holdfast.client;

import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.WatchRequest;

/**
 * What to watch: one lock, or a lock and everything below it. A path, not a beginning: {@code
 * below("a")} covers {@code a} and {@code a/b}, but not {@code ab}.
 *
 * @param name a lock's name; with {@code below} also empty, for all locks
 * @param below whether what lies below is watched as well
 */
public record WatchTarget(String name, boolean below) {
  /**
   * Refuses what is no lock's name.
   *
   * @throws IllegalArgumentException saying which rule the name breaks
   */
  public WatchTarget {
    String problem = below && name.isEmpty() ? null : LockName.problemWith(name);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  /**
   * One lock.
   *
   * @param name its name
   */
  public static WatchTarget lock(String name) {
    return new WatchTarget(name, false);
  }

  /**
   * A lock and everything below it.
   *
   * @param name its name; empty for all locks
   */
  public static WatchTarget below(String name) {
    return new WatchTarget(name, true);
  }

  WatchRequest from(long revision) {
    WatchRequest.Builder request = WatchRequest.newBuilder().setFromRevision(revision);
    return (below ? request.setPrefix(name) : request.setLock(name)).build();
  }

  @Override
  public String toString() {
    return !below ? name : name.isEmpty() ? "all locks" : name + " and below";
  }
}
