package dev.holdfast.server.watch;

import dev.holdfast.protocol.v1.WatchRequest;

/**
 * One watcher, from its request to its end. For the doors it is only a handle, which they make when
 * a stream begins and give along with everything that happens to it.
 */
public final class WatchStream {
  enum State {
    /** Has not asked. */
    NEW,
    /** Was let in, and waits for a word of the leader. */
    WAITING,
    /** Is told events. */
    WATCHING,
    /** Is told no more. */
    ENDED
  }

  /** No event waits to be sent. */
  static final long NONE = -1;

  final WatchConnection connection;
  State state = State.NEW;
  WatchTarget target = WatchTarget.ALL;
  long fromRevision;

  /** The serial number of the first event that matched and was not sent; {@link #NONE} if none. */
  long cursor = NONE;

  /** While there is a cursor: up to where all was told. */
  long completeRevision;

  /** Events may have been missed, and that was not said yet. */
  boolean passedOver;

  /** Stands in the line of those who are to be sent something. */
  boolean inLine;

  /** A watcher that has not asked for anything. */
  public WatchStream(WatchConnection connection) {
    this.connection = connection;
  }

  void ask(WatchRequest request) {
    target = WatchTarget.of(request);
    fromRevision = request.getFromRevision();
    state = State.WAITING;
  }

  boolean isWatching() {
    return state == State.WATCHING;
  }

  boolean isOwedSomething() {
    return passedOver || cursor != NONE;
  }
}
