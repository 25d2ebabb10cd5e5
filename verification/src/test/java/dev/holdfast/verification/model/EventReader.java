package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** A watcher that knows the map from core's events alone: they must leave nothing out. */
final class EventReader {
  private final TreeMap<Long, Held> grants = new TreeMap<>();
  private final TreeMap<Long, Received> received = new TreeMap<>();
  private final TreeMap<Long, Long> sessionOfEnded = new TreeMap<>();
  private final TreeMap<Long, Event.RequestQueued> waiting = new TreeMap<>();
  private final TreeMap<Long, Event.SessionOpened> sessions = new TreeMap<>();
  private final TreeMap<Long, Reserved> reservations = new TreeMap<>();
  private final TreeMap<String, Value> values = new TreeMap<>();
  private final TreeMap<String, ByteString> files = new TreeMap<>();
  private long lastRevision;

  /** A grant, as events tell it. */
  record Held(long token, long sessionId, List<Demand> demands) {}

  /** A grant that was handed over and is as it was received, but for less that it may hold. */
  record Received(long token, long sessionId, long fromSessionId, long fromToken) {}

  /** A reservation, as events tell it. */
  record Reserved(long token, List<Demand> demands, long untilMillis) {}

  /** A lock's value, as events tell it. */
  record Value(String lock, ByteString value, boolean valid, long revision) {}

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

  List<Received> received() {
    return List.copyOf(received.values());
  }

  List<Long> waitingTickets() {
    return List.copyOf(waiting.keySet());
  }

  List<Long> sessionIds() {
    return List.copyOf(sessions.keySet());
  }

  List<Reserved> reservations() {
    return List.copyOf(reservations.values());
  }

  /** What is in the files, by name. */
  SortedMap<String, ByteString> files() {
    return files;
  }

  List<Value> values() {
    return List.copyOf(values.values());
  }

  private void read(Event event) {
    switch (event) {
      case Event.SessionOpened opened -> sessions.put(opened.sessionId(), opened);
      case Event.SessionEnded ended ->
          require(sessions.remove(ended.sessionId()) != null, "an unknown session ended", event);
      case Event.RequestQueued queued -> waiting.put(queued.revision(), queued);
      case Event.RequestPassed passed ->
          require(waiting.containsKey(passed.ticket()), "an unknown request passed", event);
      case Event.DeadlockFound found ->
          require(waiting.containsKey(found.deadlock().getVictimTicket()), "unknown victim", event);
      case Event.RequestLeft left ->
          require(waiting.remove(left.ticket()) != null, "an unknown request left", event);
      case Event.LockGranted granted -> read(granted);
      case Event.LockConverted converted -> read(converted);
      case Event.LockReleased released -> read(released);
      case Event.ReservationEnded ended ->
          require(
              reservations.remove(ended.token()) != null, "an unknown reservation ended", event);
      case Event.LockValueChanged changed -> read(changed);
      case Event.FileAppended appended -> read(appended);
      case Event.FileRolledBack cut -> {
        ByteString data = files.get(cut.file());
        require(data != null && data.size() >= cut.length(), "nothing to roll back", event);
        files.put(cut.file(), Objects.requireNonNull(data).substring(0, (int) cut.length()));
      }
      case Event.FileDeleted deleted ->
          require(files.remove(deleted.file()) != null, "an unknown file was deleted", event);
      case Event.RevocationRequested requested ->
          require(grants.containsKey(requested.token()), "an unknown grant is asked for", event);
    }
  }

  private void read(Event.FileAppended appended) {
    ByteString before = files.getOrDefault(appended.file(), ByteString.EMPTY);
    require(before.size() == appended.offset(), "an append stands elsewhere", appended);
    files.put(appended.file(), before.concat(appended.data()));
  }

  private void read(Event.LockGranted granted) {
    require(
        !grants.containsKey(granted.replacedToken()), "a replaced grant is still there", granted);
    waiting.remove(granted.ticket());
    grants.put(
        granted.revision(), new Held(granted.revision(), granted.sessionId(), granted.demands()));
    if (granted.cause() == Event.GrantCause.HANDED_OVER) {
      received.put(
          granted.revision(),
          new Received(
              granted.revision(),
              granted.sessionId(),
              Objects.requireNonNull(sessionOfEnded.get(granted.replacedToken())),
              granted.replacedToken()));
    }
  }

  private void read(Event.LockConverted converted) {
    Held less = new Held(converted.token(), converted.sessionId(), converted.demands());
    Held before = grants.put(converted.token(), less);
    require(
        before != null && before.demands().equals(converted.before()),
        "another grant was converted",
        converted);
  }

  private void read(Event.LockReleased released) {
    Held ended = grants.remove(released.token());
    received.remove(released.token());
    sessionOfEnded.put(released.token(), released.sessionId());
    require(
        ended != null && ended.demands().equals(released.demands()),
        "another grant ended",
        released);
    if (released.reservedUntilMillis() > 0) {
      reservations.put(
          released.token(),
          new Reserved(released.token(), released.demands(), released.reservedUntilMillis()));
    }
  }

  private void read(Event.LockValueChanged changed) {
    ByteString value = changed.value();
    if (value == null) {
      require(values.remove(changed.lock()) != null, "an unknown value was removed", changed);
    } else {
      values.put(
          changed.lock(), new Value(changed.lock(), value, changed.valid(), changed.revision()));
    }
  }

  private static void require(boolean condition, String rule, Event event) {
    if (!condition) {
      throw new SideBySide.DifferenceFound(rule, "", event);
    }
  }
}
