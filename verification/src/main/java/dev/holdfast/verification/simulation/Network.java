package dev.holdfast.verification.simulation;

import java.util.Arrays;

/**
 * The connections between nodes: messages arrive in order or, with their connection, not at all. A
 * cut link swallows what is sent over it, one way or both, until it is mended.
 */
final class Network {
  /** What a connection between two nodes is used for; each use has its own order. */
  enum Channel {
    ENGINE,
    MESSAGES
  }

  private static final long RECONNECT_NANOS = 200 * Scheduler.MILLI;

  private final Universe universe;
  private final int size;
  private final boolean[] cut;
  private final boolean[] forGood;
  private final int[] epochs;
  private final long[] lastArrivalNanos;

  Network(Universe universe, int size) {
    this.universe = universe;
    this.size = size;
    this.cut = new boolean[size * size];
    this.forGood = new boolean[size * size];
    this.epochs = new int[size * size];
    this.lastArrivalNanos = new long[2 * size * size];
  }

  private int link(int from, int to) {
    return from * size + to;
  }

  boolean isCut(int from, int to) {
    return cut[link(from, to)];
  }

  void cut(int from, int to) {
    if (!cut[link(from, to)]) {
      cut[link(from, to)] = true;
      universe.trace.tell("net", "cut", link(from, to));
    }
  }

  /** Cuts, and lets nobody mend what was cut before and is to be mended by now. */
  void cutForGood(int from, int to) {
    cut(from, to);
    forGood[link(from, to)] = true;
  }

  void mend(int from, int to) {
    if (cut[link(from, to)] && !forGood[link(from, to)]) {
      cut[link(from, to)] = false;
      universe.trace.tell("net", "mended", link(from, to));
      reset(from, to);
    }
  }

  void mendAll() {
    for (int link = 0; link < cut.length; link++) {
      mend(link / size, link % size);
    }
  }

  /** What is under way is lost, and the sender hears of a new connection after a while. */
  void reset(int from, int to) {
    epochs[link(from, to)]++;
    SimulatedNode sender = universe.nodes.get(from);
    SimulatedNode receiver = universe.nodes.get(to);
    universe.scheduler.after(
        universe.dice.between(0, RECONNECT_NANOS),
        () -> {
          if (!isCut(from, to) && sender.isAlive() && receiver.isAlive()) {
            sender.onPeerConnected(receiver);
          }
        });
  }

  /** A node has started, or died: its connections are new, or gone. */
  void resetAll(int node) {
    for (int other = 0; other < size; other++) {
      if (other != node) {
        reset(node, other);
        reset(other, node);
      }
    }
  }

  /**
   * Sends something.
   *
   * @param arrival what happens at the receiver
   */
  void send(Channel channel, int from, int to, Runnable arrival) {
    if (universe.dice.chance(universe.faults.peerLoss())) {
      reset(from, to);
    }
    transmit(channel, from, to, arrival);
    if (channel == Channel.MESSAGES && universe.dice.chance(universe.faults.peerDuplicates())) {
      transmit(channel, from, to, arrival);
    }
  }

  private void transmit(Channel channel, int from, int to, Runnable arrival) {
    int link = link(from, to);
    int order = 2 * link + (channel == Channel.ENGINE ? 0 : 1);
    int epoch = epochs[link];
    long now = universe.scheduler.nowNanos();
    long arrivesNanos =
        Math.max(
            lastArrivalNanos[order] + 1,
            now + universe.faults.messageDelay(universe.dice) + lagNanos(channel, to));
    lastArrivalNanos[order] = arrivesNanos;
    SimulatedNode receiver = universe.nodes.get(to);
    int life = receiver.life();
    universe.scheduler.after(
        arrivesNanos - now,
        () -> {
          if (!cut[link] && epoch == epochs[link] && life == receiver.life()) {
            receiver.onOtherThread(arrival);
          }
        });
  }

  private long lagNanos(Channel channel, int to) {
    return channel == Channel.ENGINE && to == size - 1 ? universe.faults.lagNanos() : 0;
  }

  @Override
  public String toString() {
    return "cut links " + Arrays.toString(cut);
  }
}
