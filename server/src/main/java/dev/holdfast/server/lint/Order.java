package dev.holdfast.server.lint;

import dev.holdfast.core.NeedInfo;
import java.util.List;

/**
 * An owner that had one lock asked for another one, ready to wait. Immutable.
 *
 * @param held what it had
 * @param wanted what it asked for; the same lock if it wanted more of it
 * @param guards what everybody had besides who has taken them in this order
 * @param first who did so first
 * @param last who did so last
 * @param times how often it was done
 */
public record Order(
    NeedInfo held,
    NeedInfo wanted,
    List<NeedInfo> guards,
    Witness first,
    Witness last,
    long times) {

  /**
   * Who has taken locks in some order, and when.
   *
   * @param sessionId whose session
   * @param owner who in that session
   * @param label what the session says about itself
   * @param revision when the second lock was granted, or came to be waited for
   * @param clockMillis the same on the cluster clock
   */
  public record Witness(
      long sessionId, String owner, String label, long revision, long clockMillis) {
    boolean isAnotherOwnerThan(Witness other) {
      return sessionId != other.sessionId || !owner.equals(other.owner);
    }
  }

  /** What makes it the order that it is. */
  record Key(NeedInfo held, NeedInfo wanted) {}

  /** Whether different owners have done so. */
  boolean hasSeveralOwners() {
    return first.isAnotherOwnerThan(last);
  }

  /**
   * Whether one who takes locks in this order may have to wait for one who takes them in the other:
   * for what the other has while it asks for its second lock.
   */
  boolean mayWaitFor(Order other) {
    return wanted.lock().equals(other.held.lock())
        && wanted.conflictsWith(other.held)
        && !isGuardedFrom(other);
  }

  /** Whether the two are never under way at the same time, because of a lock around both. */
  private boolean isGuardedFrom(Order other) {
    for (NeedInfo guard : guards) {
      for (NeedInfo another : other.guards) {
        // Permits exclude each other only when they are used up.
        if (guard.permits() == 0
            && guard.lock().equals(another.lock())
            && guard.conflictsWith(another)) {
          return true;
        }
      }
    }
    return false;
  }
}
