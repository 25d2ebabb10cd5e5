package dev.holdfast.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A deadlock that was found, and broken by refusing one request.
 *
 * @param revision at which it was found
 * @param clockMillis when that was, on the cluster's clock
 * @param victimTicket of the request that was refused
 * @param members each waits for what the next one holds, the last one for what the first holds; the
 *     first is the one whose request closed the cycle. At most 64
 * @param length how many there are
 */
public record DeadlockReport(
    long revision, long clockMillis, long victimTicket, List<Member> members, int length) {

  /**
   * An owner in a cycle, what it waited for, and the next one's grant, which was in its way.
   *
   * @param request the number of the request that waited
   * @param owner who in that session
   * @param label what that session said about itself
   * @param ticket of the request
   * @param priority of the request; the lowest is refused
   * @param waitedMillis for how long it had waited, on the cluster's clock
   * @param lock where it waited for the next one
   * @param wantedMode how it wanted that lock, intentions included; null for permits
   * @param wantedPermits how many permits it wanted; 0 for a mode
   * @param heldMode how the next one held that lock; null for permits
   * @param heldPermits how many permits the next one held; 0 for a mode
   * @param heldToken of the next one's grant
   */
  public record Member(
      RequestId request,
      String owner,
      String label,
      long ticket,
      int priority,
      long waitedMillis,
      String lock,
      @Nullable Mode wantedMode,
      int wantedPermits,
      @Nullable Mode heldMode,
      int heldPermits,
      long heldToken) {}
}
