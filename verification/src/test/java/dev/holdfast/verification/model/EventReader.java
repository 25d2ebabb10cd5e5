package dev.holdfast.verification.model;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import java.util.TreeMap;

/** A watcher that knows the map from core's events alone: they must leave nothing out. */
final class EventReader {
  private final TreeMap<Long, Held> grants = new TreeMap<>();
  private final TreeMap<Long, Event.RequestQueued> waiting = new TreeMap<>();
  private final TreeMap<Long, Event.SessionOpened> sessions = new TreeMap<>();
  private long lastRevision;

  /** A grant, as events tell it. */
  record Held(long token, long sessionId, List<Demand> demands) {}

  void read(List<Event> events) {
    for (Event event : events) {
      require(event.revision() >= lastRevision, "revisions go back at", event);
      lastRevision = event.revision();
      read(event);
    }
  }

  List<Held> grants() {
    return List.copyOf(grants.values());
  }

  List<Long> waitingTickets() {
    return List.copyOf(waiting.keySet());
  }

  List<Long> sessionIds() {
    return List.copyOf(sessions.keySet());
  }

  private void read(Event event) {
    switch (event) {
      case Event.SessionOpened opened -> sessions.put(opened.sessionId(), opened);
      case Event.SessionEnded ended ->
          require(sessions.remove(ended.sessionId()) != null, "an unknown session ended", event);
      case Event.RequestQueued queued -> waiting.put(queued.revision(), queued);
      case Event.RequestLeft left ->
          require(waiting.remove(left.ticket()) != null, "an unknown request left", event);
      case Event.LockGranted granted -> {
        waiting.remove(granted.ticket());
        grants.put(
            granted.revision(),
            new Held(granted.revision(), granted.sessionId(), granted.demands()));
      }
      case Event.LockReleased released ->
          require(grants.remove(released.token()) != null, "an unknown grant ended", event);
      case Event.LockConverted converted ->
          require(
              grants.put(
                      converted.token(),
                      new Held(converted.token(), converted.sessionId(), converted.demands()))
                  != null,
              "an unknown grant was converted",
              event);
      case Event.RequestPassed passed ->
          require(waiting.containsKey(passed.ticket()), "an unknown request passed", event);
      case Event.DeadlockFound found ->
          require(
              waiting.containsKey(found.deadlock().getVictimTicket()), "unknown victim", event);
      case Event.ReservationEnded ended -> {}
      case Event.LockValueChanged changed -> {}
      case Event.RevocationRequested requested ->
          require(grants.containsKey(requested.token()), "an unknown grant is asked for", event);
    }
  }

  private static void require(boolean condition, String rule, Event event) {
    if (!condition) {
      throw new SideBySide.DifferenceFound(rule, "", event);
    }
  }
}
