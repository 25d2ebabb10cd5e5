package dev.holdfast.client;

import java.util.List;

/**
 * Who waits for whom in a cluster. Safe for use by many threads; every call blocks until it is
 * answered, and throws what {@link HoldfastAdmin} says of questions.
 */
public interface Waits {
  /**
   * The deadlocks that were found last, each with its whole cycle.
   *
   * @param consistency linearizable, or from the asked node's own map
   */
  DeadlockList deadlocks(Consistency consistency);

  /**
   * A page of the graph of waiting.
   *
   * @param afterTicket requests with greater tickets; 0 to begin
   * @param limit most things in the way to tell, 1 to 1,000; those of one request are told
   *     together, so there may be a few more
   * @param limitPerRequest most to tell of one request, 1 to 64
   * @param consistency linearizable, or from the asked node's own map
   */
  WaitPage page(long afterTicket, int limit, int limitPerRequest, Consistency consistency);

  /**
   * The chain from a waiting request to whoever it waits for in the end.
   *
   * @param request its number
   * @param consistency linearizable, or from the asked node's own map
   */
  WaitChain why(RequestId request, Consistency consistency);

  /**
   * The same for the earliest request that waits for a lock by name and is somebody's.
   *
   * @param lock the lock's name
   * @param who an owner key, or a part of a session's label; empty for anybody
   * @param consistency linearizable, or from the asked node's own map
   */
  WaitChain why(String lock, String who, Consistency consistency);

  /**
   * Where a request stands in the queues of the locks that it names; empty if it does not wait.
   *
   * @param request its number
   * @param consistency linearizable, or from the asked node's own map
   */
  List<QueuePlace> places(RequestId request, Consistency consistency);

  /**
   * Orders in which locks were taken that could deadlock, although they have not. What one node has
   * seen since it started; another one may know of more.
   *
   * @param limit most findings to tell, 1 to 1,000
   */
  LintReport lint(int limit);
}
