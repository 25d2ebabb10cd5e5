package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.LockMode;
import java.util.ArrayList;
import java.util.List;
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

  /** Oldest first. */
  final List<ModelOperation> operations = new ArrayList<>();

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

  Holder holder(ModelGrant grant, LockMode mode) {
    return holder(grant.sessionId(), grant.owner(), grant.token(), mode);
  }

  Holder holder(ModelRequest waitingRequest, LockMode mode) {
    return holder(waitingRequest.sessionId(), waitingRequest.owner(), 0, mode);
  }

  private Holder holder(long sessionId, String owner, long token, LockMode mode) {
    ModelSession session = session(sessionId);
    return Holder.newBuilder()
        .setSessionId(sessionId)
        .setOwner(owner)
        .setToken(token)
        .setMode(mode)
        .setLabel(session == null ? "" : session.label())
        .build();
  }

  /** Deadlines beyond the end of time are at the end of time. */
  static long after(long clockMillis, long millis) {
    long sum = clockMillis + millis;
    return sum < clockMillis ? Long.MAX_VALUE : sum;
  }
}
