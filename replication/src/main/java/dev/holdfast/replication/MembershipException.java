package dev.holdfast.replication;

/** A change of the members that was refused or whose outcome is not known. */
public final class MembershipException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Why the members were not changed. */
  public enum Reason {
    /** Only the leader changes members; nothing was changed. */
    NOT_LEADER,
    /** Another change is under way; nothing was changed. */
    CHANGE_UNDER_WAY,
    /** No such member, or one that exists already; nothing was changed. */
    WRONG_MEMBER,
    /** The node in question did not answer, or does not wait to join; nothing was changed. */
    NODE_NOT_WAITING,
    /** The node did not catch up, or the leader stepped down: look at the members and try again. */
    OUTCOME_UNKNOWN
  }

  private final Reason reason;

  public MembershipException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why the members were not changed. */
  public Reason reason() {
    return reason;
  }
}
