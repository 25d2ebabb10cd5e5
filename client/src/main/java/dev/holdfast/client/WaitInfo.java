package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * A waiting request, and one thing that is in its way at one lock.
 *
 * @param request the number of the waiting request
 * @param owner who in that session waits
 * @param label what that session says about itself
 * @param ticket the revision at which the request came; smaller is earlier
 * @param waitedMillis for how long, on the cluster's clock
 * @param lock where it is held up; may lie above the lock that it names
 * @param wantedMode how it wants that lock, intentions included; null for permits
 * @param wantedPermits how many permits it wants; 0 for a mode
 * @param kind what is in its way
 * @param bySessionId whose that is; for a reservation, whose it was
 * @param byOwner who in that session
 * @param byLabel what that session says about itself; empty if it is gone
 * @param byMode the mode that is held or wanted there; null for permits
 * @param byPermits how many permits are held or wanted there; 0 for a mode
 * @param byToken of the grant or the reservation; 0 if a request is in the way
 * @param byTicket of the request in the way; 0 if a grant is
 */
public record WaitInfo(
    RequestId request,
    String owner,
    String label,
    long ticket,
    long waitedMillis,
    String lock,
    @Nullable Mode wantedMode,
    int wantedPermits,
    Kind kind,
    long bySessionId,
    String byOwner,
    String byLabel,
    @Nullable Mode byMode,
    int byPermits,
    long byToken,
    long byTicket) {

  /** What can be in the way of a request. */
  public enum Kind {
    /** Another owner's grant. */
    HELD,
    /** A grant that has ended, and still keeps others away for a time. */
    RESERVED,
    /** Another owner's earlier request. */
    QUEUED
  }
}
