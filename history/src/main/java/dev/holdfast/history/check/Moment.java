package dev.holdfast.history.check;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened at a revision, or is asked about it.
 *
 * @param revision when
 * @param kind what; at equal revisions the kinds come in their order
 * @param subject what it is about
 * @param at the line that tells of it; null for what nobody tells
 */
record Moment(long revision, Kind kind, Object subject, @Nullable LocatedLine at)
    implements Comparable<Moment> {
  enum Kind {
    /** A {@code NodeLine.ValueChanged}: the grant that it tells of is still there. */
    VALUE,
    /** A {@code NodeLine.RevocationRequested}. */
    REVOCATION,
    /** A {@code NodeLine.LockConverted}. */
    CONVERTED,
    /** A {@code NodeLine.RequestLeft}, or the {@link Waiting} whose client was told so. */
    LEFT,
    /** An {@link Ending}. */
    RELEASED,
    /** A {@code NodeLine.ReservationEnded}. */
    RESERVATION_ENDED,
    /** A {@code NodeLine.SessionEnded}. */
    SESSION_ENDED,
    /** A {@code NodeLine.SessionBegan}. */
    SESSION_BEGAN,
    /** A {@link Waiting}. */
    QUEUED,
    /** A {@link Grant}. */
    GRANTED,
    /** A {@code NodeLine.DeadlockFound}: whoever closed it waits, whoever is to leave is there. */
    DEADLOCK,
    /** A {@code NodeLine.RequestPassed}. */
    PASSED,
    /** A {@code NodeLine.RequestLeft} with which a search for deadlocks ends. */
    VICTIM_LEFT,
    /** A request about a grant that was refused because of its token: {@code RequestFacts}. */
    TOKEN_REFUSED,
    /**
     * A {@link Grant} or {@link Waiting} of which nothing more is known. What a step did is known
     * from its own line, and it found the state of the revision before; so this comes behind the
     * first step that may have changed it unseen.
     */
    FORGOTTEN,
    /** A {@link Reservation}'s token: of its end nothing is known. */
    RESERVATION_FORGOTTEN,
    /** A {@code ClientLine.LockRead}: the state behind all steps up to the revision. */
    READ
  }

  @Override
  public int compareTo(Moment other) {
    int byRevision = Long.compare(revision, other.revision);
    return byRevision != 0 ? byRevision : kind.compareTo(other.kind);
  }
}
