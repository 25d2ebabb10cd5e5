package dev.holdfast.core;

/**
 * The waiting request {@code ticket} is not held back by the earlier one {@code passed}: to wait
 * for it would be to wait for oneself.
 */
record Passing(long ticket, long passed) implements Comparable<Passing> {
  @Override
  public int compareTo(Passing other) {
    return ticket != other.ticket
        ? Long.compare(ticket, other.ticket)
        : Long.compare(passed, other.passed);
  }
}
