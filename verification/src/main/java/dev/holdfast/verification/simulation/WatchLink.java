package dev.holdfast.verification.simulation;

import dev.holdfast.protocol.v1.WatchFrame;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.server.watch.WatchConnection;
import dev.holdfast.server.watch.WatchStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A stream between a watcher and a node: frames arrive in order, as many as the watcher reads,
 * until it breaks or, without a word, carries nothing any more. The node is not ready while too
 * many are unread.
 */
final class WatchLink implements WatchConnection {
  /** Frames that are under way, as many as fit into the buffers of the real thing. */
  private static final int UNREAD_MAX = 3;

  private static final long NOTICE_NANOS = 200 * Scheduler.MILLI;

  private final Universe universe;
  private final SimulatedWatcher watcher;
  final SimulatedNode node;
  final int number;
  private final int nodeLife;
  private final int watcherLife;
  private final WatchStream stream = new WatchStream(this);
  private final Deque<WatchFrame> arrived = new ArrayDeque<>();
  private long openedNanos;
  private long lastNanos;
  private int unread;
  private int reads = 1;
  private boolean ended;
  private boolean broken;
  private boolean mute;

  WatchLink(Universe universe, SimulatedWatcher watcher, SimulatedNode node, int number) {
    this.universe = universe;
    this.watcher = watcher;
    this.node = node;
    this.number = number;
    this.nodeLife = node.life();
    this.watcherLife = watcher.life();
  }

  boolean isBroken() {
    return broken;
  }

  void open(WatchRequest request) {
    if (!node.isAlive()) {
      breakOff("connection refused");
      return;
    }
    long delay = delayNanos();
    openedNanos = universe.scheduler.nowNanos() + delay;
    universe.scheduler.after(
        delay, () -> atNode(() -> node.onCore(core -> core.watch(stream, request))));
  }

  private long delayNanos() {
    return universe.faults.messageDelay(universe.dice);
  }

  private void atNode(Runnable event) {
    if (nodeLife == node.life()) {
      node.onOtherThread(event);
    }
  }

  // From the node

  @Override
  public boolean isReady() {
    return unread < UNREAD_MAX;
  }

  @Override
  public void send(WatchFrame frame) {
    if (broken || ended) {
      return;
    }
    unread++;
    inOrder(
        () -> {
          if (!mute) {
            arrived.add(frame);
            deliver();
          }
        });
  }

  private void inOrder(Runnable arrival) {
    lastNanos = Math.max(lastNanos + 1, universe.scheduler.nowNanos() + delayNanos());
    universe.scheduler.after(
        lastNanos - universe.scheduler.nowNanos(),
        () -> {
          if (!broken && watcherLife == watcher.life()) {
            arrival.run();
          }
        });
  }

  private void deliver() {
    while (reads > 0 && !arrived.isEmpty()) {
      reads--;
      WatchFrame frame = arrived.removeFirst();
      watcher.onOtherThread(() -> watcher.frameArrived(number, frame));
      unread--;
      if (unread == UNREAD_MAX - 1) {
        universe.scheduler.after(
            0, () -> atNode(() -> node.onCore(core -> core.onWatcherReady(stream))));
      }
    }
  }

  @Override
  public void end() {
    if (!ended) {
      ended = true;
      inOrder(() -> breakOff("ended by the node"));
    }
  }

  // From the watcher

  void readOneMore() {
    reads++;
    deliver();
  }

  // Ends

  /** From now on nothing arrives, and nobody is told. */
  void fallSilent() {
    mute = true;
  }

  /**
   * The connection is gone; both ends hear of it, the one sooner, the other later. The node hears
   * nothing of a stream's end before it has heard of its beginning: gRPC tells both in order.
   */
  void breakOff(String why) {
    if (broken) {
      return;
    }
    broken = true;
    long begunNanos = openedNanos + 1 - universe.scheduler.nowNanos();
    universe.scheduler.after(
        Math.max(universe.dice.around(NOTICE_NANOS), begunNanos),
        () -> atNode(() -> node.onCore(core -> core.onWatcherGone(stream))));
    universe.scheduler.after(
        universe.dice.around(NOTICE_NANOS / 2),
        () -> {
          if (watcherLife == watcher.life()) {
            watcher.onOtherThread(() -> watcher.streamClosed(number, why));
          }
        });
  }
}
