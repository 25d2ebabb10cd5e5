package dev.holdfast.core;

import dev.holdfast.protocol.v1.LockMode;

/**
 * A waiting request, and one thing that is in its way at one lock.
 *
 * @param ticket of the waiting request
 * @param sessionId whose it is
 * @param sequence the session's number for it
 * @param owner the owner key inside the session
 * @param label the session's label
 * @param waitedMillis for how long it has waited
 * @param lock where it is held up
 * @param wantedMode the mode that it wants there, intentions included; unspecified for permits
 * @param wantedPermits how many permits it wants there; 0 for a mode
 * @param kind what is in its way
 * @param bySessionId whose the thing in its way is; for a reservation, whose it was
 * @param byOwner the owner key inside that session
 * @param byLabel that session's label; empty if the session is gone
 * @param byMode the mode in which that is held or wanted there; unspecified for permits
 * @param byPermits how many permits are held or wanted there; 0 for a mode
 * @param byToken the grant's, or the reservation's, token; 0 if a request is in the way
 * @param byTicket the ticket of the waiting request in the way; 0 if a grant is
 */
public record WaitEdge(
    long ticket,
    long sessionId,
    long sequence,
    String owner,
    String label,
    long waitedMillis,
    String lock,
    LockMode wantedMode,
    int wantedPermits,
    Kind kind,
    long bySessionId,
    String byOwner,
    String byLabel,
    LockMode byMode,
    int byPermits,
    long byToken,
    long byTicket) {

  /** What can be in the way of a request. */
  public enum Kind {
    /** Another owner's grant. */
    HELD,
    /** A grant that has ended, and still keeps others away. */
    RESERVED,
    /** Another owner's earlier request. */
    QUEUED
  }
}
