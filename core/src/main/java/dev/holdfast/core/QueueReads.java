package dev.holdfast.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who stands in line at one lock, for those who tell the waiting. While nothing is applied. */
public final class QueueReads {
  private final State state;

  QueueReads(State state) {
    this.state = state;
  }

  /** Somebody who waits, by his session and its number for the request. */
  public record Waiter(long sessionId, long sequence) {}

  /**
   * A line.
   *
   * @param waiters the first of those who wait for the lock by name
   * @param length how many there are
   * @param holder of those who hold it by name the one with the smallest token; null if nobody does
   * @param holderLabel what its session says about itself
   * @param holders how many hold it by name
   */
  public record Line(
      List<Waiter> waiters,
      int length,
      @Nullable GrantInfo holder,
      String holderLabel,
      int holders) {}

  /**
   * The line at a lock; costs what {@code limit} says, however many wait or hold.
   *
   * @param limit most waiters to tell
   * @return null if nobody holds it or waits for it
   */
  public @Nullable Line at(String name, int limit) {
    Lock lock = state.lockMap.lock(name);
    if (lock == null) {
      return null;
    }
    Grant first = lock.holders.first();
    Session session = first == null ? null : state.sessions.get(first.owner().sessionId());
    return new Line(
        lock.queue.list(limit).stream().map(QueueReads::waiter).toList(),
        lock.queue.size(),
        first == null ? null : first.info(),
        session == null ? "" : session.label(),
        lock.holders.size());
  }

  private static Waiter waiter(Waiting request) {
    return new Waiter(request.owner().sessionId(), request.sequence());
  }

  /** The locks that a waiting request names; empty if it does not wait. */
  public List<String> locksOf(long sessionId, long sequence) {
    SessionContents session = state.contents.get(sessionId);
    Waiting request = session == null ? null : session.waitingBySequence.get(sequence);
    return request == null
        ? List.of()
        : request.demands().stream().map(demand -> demand.getLock()).toList();
  }
}
