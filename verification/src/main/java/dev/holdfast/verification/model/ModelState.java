package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.Holder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that the model remembers. */
final class ModelState {
  long revision;
  long mapRevision;
  long clockMillis;

  /** By id, which is the order of their opening. */
  final List<ModelSession> sessions = new ArrayList<>();

  /** By token. */
  final List<ModelGrant> grants = new ArrayList<>();

  /** By ticket. */
  final List<ModelRequest> waiting = new ArrayList<>();

  /** By token. */
  final List<ModelReservation> reservations = new ArrayList<>();

  /** By lock. */
  final List<ModelValue> values = new ArrayList<>();

  /** By name. */
  final List<ModelFile> files = new ArrayList<>();

  final List<ModelPassing> passings = new ArrayList<>();

  /** By revision and the victim's ticket. */
  final List<Deadlock> recentDeadlocks = new ArrayList<>();

  /** Oldest first. */
  final List<ModelOperation> operations = new ArrayList<>();

  /** Of clients that ask by operation ids; the oldest first. */
  final List<ClientOperations.ClientEnd> clientEnds = new ArrayList<>();

  /** Takes a step: a command, an expiry or a grant. */
  long nextRevision() {
    revision++;
    return revision;
  }

  /** To be called in every step that changes who holds or who waits. */
  void mapChanged() {
    mapRevision = revision;
  }

  @Nullable ModelSession session(long sessionId) {
    for (ModelSession session : sessions) {
      if (session.id == sessionId) {
        return session;
      }
    }
    return null;
  }

  @Nullable ModelGrant grant(long token) {
    for (ModelGrant grant : grants) {
      if (grant.token() == token) {
        return grant;
      }
    }
    return null;
  }

  @Nullable ModelReservation reservation(long token) {
    for (ModelReservation reservation : reservations) {
      if (reservation.token() == token) {
        return reservation;
      }
    }
    return null;
  }

  List<ModelGrant> grantsOf(ModelOwner owner) {
    return grants.stream().filter(grant -> grant.owner().equals(owner)).toList();
  }

  /** "An owner has at most one waiting request." */
  Optional<ModelRequest> waitingOf(ModelOwner owner) {
    return waiting.stream().filter(request -> request.owner().equals(owner)).findFirst();
  }

  List<ModelRequest> waitingOf(long sessionId) {
    return waiting.stream().filter(request -> request.sessionId() == sessionId).toList();
  }

  Optional<ModelValue> value(String lock) {
    return values.stream().filter(value -> value.lock().equals(lock)).findFirst();
  }

  void put(ModelValue value) {
    values.removeIf(old -> old.lock().equals(value.lock()));
    values.add(value);
    values.sort(Comparator.comparing(ModelValue::lock));
  }

  @Nullable ModelFile file(String name) {
    for (ModelFile file : files) {
      if (file.name().equals(name)) {
        return file;
      }
    }
    return null;
  }

  void put(ModelFile file) {
    files.removeIf(old -> old.name().equals(file.name()));
    files.add(file);
    files.sort(Comparator.comparing(ModelFile::name));
  }

  boolean hasPassed(ModelRequest later, ModelRequest earlier) {
    return passings.contains(new ModelPassing(later.ticket(), earlier.ticket()));
  }

  /** "A passing goes when the request that passed leaves." */
  void noLongerWaits(ModelRequest request) {
    waiting.removeIf(other -> other.ticket() == request.ticket());
    passings.removeIf(passing -> passing.ticket() == request.ticket());
  }

  Holder holder(ModelOwner owner, long token, ModelNeed need) {
    return Holder.newBuilder()
        .setSessionId(owner.sessionId())
        .setOwner(owner.owner())
        .setToken(token)
        .setMode(need.mode())
        .setPermits(need.permits())
        .setLabel(label(owner.sessionId()))
        .build();
  }

  String label(long sessionId) {
    ModelSession session = session(sessionId);
    return session == null ? "" : session.label();
  }

  /** Deadlines beyond the end of time are at the end of time. */
  static long after(long clockMillis, long millis) {
    long sum = clockMillis + millis;
    return sum < clockMillis ? Long.MAX_VALUE : sum;
  }
}
