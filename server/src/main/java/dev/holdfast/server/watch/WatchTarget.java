package dev.holdfast.server.watch;

import dev.holdfast.protocol.v1.WatchRequest;

/**
 * What is watched.
 *
 * @param name a lock's name; empty, together with {@code below}, for all locks
 * @param below whether everything below that lock is watched as well
 */
record WatchTarget(String name, boolean below) {
  static final WatchTarget ALL = new WatchTarget("", true);

  static WatchTarget of(WatchRequest request) {
    return request.hasPrefix()
        ? new WatchTarget(request.getPrefix(), true)
        : new WatchTarget(request.getLock(), false);
  }

  boolean covers(String lock) {
    if (!below) {
      return lock.equals(name);
    }
    int length = name.length();
    return length == 0
        || (lock.startsWith(name) && (lock.length() == length || lock.charAt(length) == '/'));
  }
}
