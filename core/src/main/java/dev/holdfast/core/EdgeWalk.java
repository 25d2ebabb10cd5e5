package dev.holdfast.core;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The owners at the other end of one owner's edges, one after the other, some more than once. */
final class EdgeWalk {
  private final OwnerKey self;
  private final Iterator<@Nullable Place> places;
  private @Nullable Place place;
  private Group group = Group.GRANTS;
  private int mode;
  private long last;

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

  private enum Group {
    GRANTS,
    WAITING,
    CONVERTING
  }

  EdgeWalk(OwnerKey self, Iterator<@Nullable Place> places) {
    this.self = self;
    this.places = places;
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
    last = newGroup == Group.GRANTS || place == null ? 0 : place.afterTicket;
  }

  private void nextMode() {
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
            Modes.contains(here.grantedModes, mode) ? here.lock.granted(mode) : null;
        Grant grant = grants == null ? null : grants.after(last);
        if (grant == null) {
          yield null;
        }
        last = grant.token();
        yield grant.owner();
      }
      case WAITING ->
          nextWaiting(
              Modes.contains(here.waitingModes, mode) ? here.lock.waiting(mode) : null, here);
      case CONVERTING ->
          nextWaiting(
              Modes.contains(here.convertingModes, mode) ? here.lock.converting(mode) : null, here);
    };
  }

  private @Nullable OwnerKey nextWaiting(@Nullable Numbered<Waiting> queued, Place here) {
    Waiting request = queued == null ? null : queued.after(last);
    if (request == null || request.ticket() >= here.beforeTicket) {
      return null;
    }
    last = request.ticket();
    return request.owner();
  }
}
