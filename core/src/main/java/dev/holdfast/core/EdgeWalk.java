package dev.holdfast.core;

import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The owners at the other end of one owner's edges, one after the other, some more than once; but
 * not those whom an earlier walk of the same search came upon at the same lock. So a search through
 * a queue of a hundred thousand is a hundred thousand steps, not their square.
 */
final class EdgeWalk {
  private final OwnerKey self;
  private final Iterator<@Nullable Place> places;
  private final @Nullable Map<String, Walked> walkedAtLock;
  private @Nullable Place place;
  private @Nullable Walked walked;
  private Group group = Group.GRANTS;
  private int mode;
  private long last;
  private long end;

  /**
   * What counts at one lock: grants, and requests with tickets between two others, each in the
   * modes of a set.
   */
  record Place(
      Lock lock,
      int grantedModes,
      int waitingModes,
      int convertingModes,
      long afterTicket,
      long beforeTicket) {}

  /**
   * What one search has walked at one lock: modes of grants, and of the requests in each mode those
   * between two tickets, to which a later walk can only add on one side, always the same one.
   */
  static final class Walked {
    private int grantedModes;
    private final Spans waiting = new Spans();
    private final Spans converting = new Spans();

    private Spans requests(Group group) {
      return group == Group.CONVERTING ? converting : waiting;
    }
  }

  /** By mode: the tickets between which requests were walked; both 0 where none were. */
  private static final class Spans {
    final long[] after = new long[Modes.COUNT];
    final long[] before = new long[Modes.COUNT];

    boolean hasAny(int mode) {
      return before[mode] != 0;
    }
  }

  private enum Group {
    GRANTS,
    WAITING,
    CONVERTING
  }

  /**
   * A walk along the edges of an owner.
   *
   * @param walkedAtLock what the search has walked, to be added to; null for a walk that leaves out
   *     what others must not leave out: the owner from whom the search began
   */
  EdgeWalk(
      OwnerKey self, Iterator<@Nullable Place> places, @Nullable Map<String, Walked> walkedAtLock) {
    this.self = self;
    this.places = places;
    this.walkedAtLock = walkedAtLock;
  }

  /** Whether {@link #next} may find more. */
  boolean hasMore() {
    return place != null || places.hasNext();
  }

  /**
   * The next owner at the lock at hand; null when there is no more there, so that whoever asks can
   * do something else before the next lock's turn.
   */
  @Nullable OwnerKey next() {
    if (place == null && places.hasNext()) {
      place = places.next();
      walked =
          place == null || walkedAtLock == null
              ? null
              : walkedAtLock.computeIfAbsent(place.lock.name, name -> new Walked());
      begin(Group.GRANTS, 0);
    }
    while (place != null) {
      OwnerKey found = nextIn(place);
      if (found == null) {
        nextMode();
      } else if (!found.equals(self)) {
        return found;
      }
    }
    return null;
  }

  private void begin(Group newGroup, int newMode) {
    group = newGroup;
    mode = newMode;
    last = 0;
    end = Long.MAX_VALUE;
    if (newGroup != Group.GRANTS && place != null) {
      last = place.afterTicket;
      end = place.beforeTicket;
    }
    if (walked != null && newGroup != Group.GRANTS) {
      leaveOut(walked.requests(newGroup));
    }
  }

  private void leaveOut(Spans spans) {
    if (!spans.hasAny(mode)) {
      return;
    }
    if (last >= spans.after[mode]) {
      // What begins inside goes on behind its end.
      last = Math.max(last, spans.before[mode] - 1);
    } else {
      end = Math.min(end, spans.after[mode] + 1);
    }
  }

  /** What was walked between two tickets, and what is to be, have one of the two in common. */
  private void markWalked(Walked here, Place at) {
    if (group == Group.GRANTS) {
      here.grantedModes |= at.grantedModes & Modes.bit(mode);
      return;
    }
    int modes = group == Group.WAITING ? at.waitingModes : at.convertingModes;
    if (Modes.contains(modes, mode)) {
      Spans spans = here.requests(group);
      spans.after[mode] =
          spans.hasAny(mode) ? Math.min(spans.after[mode], at.afterTicket) : at.afterTicket;
      spans.before[mode] = Math.max(spans.before[mode], at.beforeTicket);
    }
  }

  private void nextMode() {
    if (walked != null && place != null) {
      markWalked(walked, place);
    }
    if (mode + 1 < Modes.COUNT) {
      begin(group, mode + 1);
      return;
    }
    switch (group) {
      case GRANTS -> begin(Group.WAITING, 0);
      case WAITING -> begin(Group.CONVERTING, 0);
      case CONVERTING -> place = null;
    }
  }

  /** The next one of the group and mode at hand; null when there is no more of these. */
  private @Nullable OwnerKey nextIn(Place here) {
    return switch (group) {
      case GRANTS -> {
        Numbered<Grant> grants =
            Modes.contains(here.grantedModes, mode) && !areWalked(mode)
                ? here.lock.granted(mode)
                : null;
        Grant grant = grants == null ? null : grants.after(last);
        if (grant == null) {
          yield null;
        }
        last = grant.token();
        yield grant.owner();
      }
      case WAITING ->
          nextWaiting(Modes.contains(here.waitingModes, mode) ? here.lock.waiting(mode) : null);
      case CONVERTING ->
          nextWaiting(
              Modes.contains(here.convertingModes, mode) ? here.lock.converting(mode) : null);
    };
  }

  private boolean areWalked(int grantedMode) {
    return walked != null && Modes.contains(walked.grantedModes, grantedMode);
  }

  private @Nullable OwnerKey nextWaiting(@Nullable Numbered<Waiting> queued) {
    Waiting request = queued == null ? null : queued.after(last);
    if (request == null || request.ticket() >= end) {
      return null;
    }
    last = request.ticket();
    return request.owner();
  }
}
