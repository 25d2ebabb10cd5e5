package dev.holdfast.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Orders in which locks were taken that could deadlock, although they have not: what one node has
 * seen.
 *
 * @param info who answered
 * @param findings by the names of locks
 * @param more whether there are more
 * @param sinceRevision from which on the node has looked; 0 if it has seen nothing
 * @param gaps how often it has passed over revisions since, because it loaded a snapshot
 * @param ordersKnown how many orders it remembers
 * @param ordersForgotten how many it has forgotten or left out, for want of room
 * @param grantsPassedOver how many grants it has not followed, for want of room
 */
public record LintReport(
    ReadInfo info,
    List<Finding> findings,
    boolean more,
    long sinceRevision,
    int gaps,
    int ordersKnown,
    long ordersForgotten,
    long grantsPassedOver) {

  /**
   * Orders each of which wants what the next one has, and the last one what the first has: taken at
   * the same time, all of them may wait for each other.
   *
   * @param orders two or more
   */
  public record Finding(List<Order> orders) {}

  /**
   * An owner that had one lock asked for another one, ready to wait.
   *
   * @param heldLock what it had
   * @param heldMode how; an intention (IS, IX) stands for locks below; null for permits
   * @param heldPermits 0 for a mode
   * @param wantedLock what it asked for; the same lock if it wanted more of it
   * @param wantedMode how; null for permits
   * @param wantedPermits 0 for a mode
   * @param sessionId who did so last: whose session
   * @param owner who in that session
   * @param label what that session said about itself
   * @param revision at which the second lock was granted, or came to be waited for
   * @param clockMillis the same on the cluster's clock
   * @param times how often it was done
   */
  public record Order(
      String heldLock,
      @Nullable Mode heldMode,
      int heldPermits,
      String wantedLock,
      @Nullable Mode wantedMode,
      int wantedPermits,
      long sessionId,
      String owner,
      String label,
      long revision,
      long clockMillis,
      long times) {}
}
