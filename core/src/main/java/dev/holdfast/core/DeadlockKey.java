package dev.holdfast.core;

import dev.holdfast.protocol.v1.Deadlock;

/** Names a deadlock. One step may find several, each with a victim of its own. */
record DeadlockKey(long revision, long victimTicket) implements Comparable<DeadlockKey> {
  static DeadlockKey of(Deadlock deadlock) {
    return new DeadlockKey(deadlock.getRevision(), deadlock.getVictimTicket());
  }

  @Override
  public int compareTo(DeadlockKey other) {
    return revision != other.revision
        ? Long.compare(revision, other.revision)
        : Long.compare(victimTicket, other.victimTicket);
  }
}
