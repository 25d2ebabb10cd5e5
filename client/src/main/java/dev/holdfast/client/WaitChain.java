package dev.holdfast.client;

import java.util.List;

/**
 * Why a request waits: what is in its way first, what is in the way of that one, and so on.
 *
 * @param info how it was answered
 * @param hops whoever is in the way in one waits in the next; empty if no such request waits
 * @param end how the chain ends
 * @param matches how many waiting requests the question fitted; this is the chain of the earliest
 */
public record WaitChain(ReadInfo info, List<WaitInfo> hops, End end, int matches) {
  /** How a chain can end. */
  public enum End {
    /** There is no chain: no such request waits. */
    NOT_WAITING,
    /** Whoever is in the way last does not wait for anything. */
    HOLDER,
    /** What is in the way last ends by itself. */
    RESERVATION,
    /**
     * Whoever is in the way last is in the chain already. It is no deadlock: there are others whose
     * permits would do as well.
     */
    CIRCLE,
    /** The chain is longer than was told. */
    CUT
  }
}
