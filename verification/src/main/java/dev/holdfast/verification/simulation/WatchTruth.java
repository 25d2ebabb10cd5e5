package dev.holdfast.verification.simulation;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.DeadlockMember;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockEvent;
import dev.holdfast.protocol.v1.WatchRequest;
import java.util.ArrayList;
import java.util.List;

/** What a watcher who sees everything would see: the events about locks, in words. */
final class WatchTruth {
  /**
   * What is watched.
   *
   * @param below whether what lies below the name is watched too; with an empty name, everything
   */
  record Target(String name, boolean below) {
    WatchRequest from(long revision) {
      WatchRequest.Builder request = WatchRequest.newBuilder().setFromRevision(revision);
      return (below ? request.setPrefix(name) : request.setLock(name)).build();
    }

    private boolean covers(String lock) {
      return lock.equals(name) || (below && (name.isEmpty() || lock.startsWith(name + "/")));
    }
  }

  private record Seen(long revision, String words, List<String> locks) {}

  private final List<Seen> log = new ArrayList<>();
  private long revision;

  /** An entry was applied for the first time anywhere. */
  void onApplied(List<Event> events, long newRevision) {
    revision = newRevision;
    for (Event event : events) {
      List<String> locks = locksOf(event);
      if (!locks.isEmpty()) {
        String words = words(event.revision(), event.getClass().getSimpleName(), locks);
        log.add(new Seen(event.revision(), words, locks));
      }
    }
  }

  long revision() {
    return revision;
  }

  String at(int index) {
    return log.get(index).words();
  }

  /** Where the events after a revision begin. */
  int firstAfter(long after) {
    int low = 0;
    int high = log.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (log.get(middle).revision() <= after) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The first event from here on that is about what is watched; -1 if there is none yet. */
  int next(Target target, int from) {
    for (int i = from; i < log.size(); i++) {
      if (log.get(i).locks().stream().anyMatch(target::covers)) {
        return i;
      }
    }
    return -1;
  }

  private static String words(long revision, String kind, List<String> locks) {
    return revision + " " + kind + " " + locks;
  }

  private static List<String> locksOf(Event event) {
    return switch (event) {
      case Event.SessionOpened _,
          Event.SessionEnded _,
          Event.FileAppended _,
          Event.FileRolledBack _,
          Event.FileDeleted _ ->
          List.of();
      case Event.RequestQueued it -> names(it.demands());
      case Event.RequestPassed it -> List.of(it.lock());
      case Event.RequestLeft it -> names(it.demands());
      case Event.LockGranted it -> names(it.demands());
      case Event.LockConverted it -> names(it.demands());
      case Event.LockReleased it -> names(it.demands());
      case Event.ReservationEnded it -> names(it.demands());
      case Event.LockValueChanged it -> List.of(it.lock());
      case Event.RevocationRequested it -> names(it.demands());
      case Event.DeadlockFound it -> members(it.deadlock().getMembersList());
    };
  }

  private static List<String> names(List<Demand> demands) {
    return demands.stream().map(Demand::getLock).toList();
  }

  private static List<String> members(List<DeadlockMember> members) {
    return members.stream().map(DeadlockMember::getLock).toList();
  }

  /** The same words for what a watcher was told. */
  static String describe(LockEvent event) {
    long revision = event.getRevision();
    return switch (event.getKindCase()) {
      case GRANTED -> words(revision, "LockGranted", names(event.getGranted().getDemandsList()));
      case RELEASED -> words(revision, "LockReleased", names(event.getReleased().getDemandsList()));
      case QUEUED -> words(revision, "RequestQueued", names(event.getQueued().getDemandsList()));
      case LEFT -> words(revision, "RequestLeft", names(event.getLeft().getDemandsList()));
      case PASSED -> words(revision, "RequestPassed", List.of(event.getPassed().getLock()));
      case CONVERTED ->
          words(revision, "LockConverted", names(event.getConverted().getDemandsList()));
      case RESERVATION_ENDED ->
          words(revision, "ReservationEnded", names(event.getReservationEnded().getDemandsList()));
      case VALUE_CHANGED ->
          words(revision, "LockValueChanged", List.of(event.getValueChanged().getLock()));
      case REVOCATION_REQUESTED ->
          words(
              revision,
              "RevocationRequested",
              names(event.getRevocationRequested().getDemandsList()));
      case DEADLOCK_FOUND ->
          words(
              revision,
              "DeadlockFound",
              members(event.getDeadlockFound().getDeadlock().getMembersList()));
      case KIND_NOT_SET -> "nothing that anybody knows";
    };
  }
}
