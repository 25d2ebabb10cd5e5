package dev.holdfast.cli.bench;

/** What the load costs. Every figure only grows; -1 means that it cannot be told. */
public interface Meter {
  /** CPU time of all servers together, nanoseconds. */
  long serverCpuNanos();

  /** CPU time of this process, nanoseconds. */
  long clientCpuNanos();

  /** Entries that the nodes have given to the log: each is one commit. */
  long entriesProposed();
}
