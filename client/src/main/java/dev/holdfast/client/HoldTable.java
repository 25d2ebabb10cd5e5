package dev.holdfast.client;

import dev.holdfast.client.session.HeldGrant;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which thread of this process holds which lock, and how often. Each entry belongs to its thread.
 */
final class HoldTable {
  /** A lock and a thread. */
  record Key(String lock, long threadId) {}

  /** A thread's hold on a lock: one grant, locked and unlocked locally by count. */
  static final class Hold {
    final LiveSession session;
    private volatile HeldGrant grant;
    private volatile Mode mode;
    final String threadName = Thread.currentThread().getName();
    int shared;
    int exclusive;

    Hold(LiveSession session, HeldGrant grant, Mode mode) {
      this.session = session;
      this.grant = grant;
      this.mode = mode;
    }

    HeldGrant grant() {
      return grant.latest();
    }

    Mode mode() {
      return mode;
    }

    /** The same lock in another mode, under this grant. */
    void convert(HeldGrant converted, Mode to) {
      grant = converted;
      mode = to;
    }

    int count(Mode as) {
      return as == Mode.X ? exclusive : shared;
    }

    void add(Mode as, int change) {
      if (as == Mode.X) {
        exclusive += change;
      } else {
        shared += change;
      }
    }

    boolean isEmpty() {
      return shared == 0 && exclusive == 0;
    }
  }

  private final ConcurrentHashMap<Key, Hold> holds = new ConcurrentHashMap<>();

  @Nullable Hold get(Key key) {
    return holds.get(key);
  }

  void put(Key key, Hold hold) {
    holds.put(key, hold);
  }

  void remove(Key key) {
    holds.remove(key);
  }

  /** Who in this process holds a lock, for a message. */
  String describe(String lock) {
    StringBuilder holders = new StringBuilder();
    holds.forEach(
        (key, hold) -> {
          if (key.lock.equals(lock)) {
            holders
                .append(holders.length() == 0 ? "" : ", ")
                .append("thread ")
                .append(key.threadId)
                .append(" (")
                .append(hold.threadName)
                .append(") holds it with token ")
                .append(hold.grant().token());
          }
        });
    return holders.length() == 0 ? "no thread of this process holds it" : holders.toString();
  }
}
