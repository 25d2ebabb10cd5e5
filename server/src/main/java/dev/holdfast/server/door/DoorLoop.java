package dev.holdfast.server.door;

import java.util.concurrent.Executor;

/** The one thread on which a door's state machines live. */
public interface DoorLoop extends Executor {
  /**
   * Runs something on that thread after a while; to be called there.
   *
   * @return keeps it from being run, if it has not begun
   */
  Runnable after(long millis, Runnable task);
}
