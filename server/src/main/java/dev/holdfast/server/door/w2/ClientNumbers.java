package dev.holdfast.server.door.w2;

import java.util.BitSet;

/**
 * Client ids of one node, each given to one connection at a time, the one used longest ago last.
 */
final class ClientNumbers {
  /** How many a node has. */
  static final int COUNT = 50_000;

  private final int first;
  private final BitSet used = new BitSet(COUNT);
  private int next;

  ClientNumbers(int first) {
    this.first = first;
  }

  /** There are never more connections than numbers. */
  int take() {
    int free = used.nextClearBit(next);
    if (free >= COUNT) {
      free = used.nextClearBit(0);
    }
    if (free >= COUNT) {
      throw new IllegalStateException("all " + COUNT + " client ids are in use");
    }
    used.set(free);
    next = (free + 1) % COUNT;
    return first + free;
  }

  void giveBack(int number) {
    used.clear(number - first);
  }
}
