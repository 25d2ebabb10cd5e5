package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.SessionRecord;

/** A client's life at the cluster. Immutable; a renewal puts another one in its place. */
record Session(
    long id,
    ByteString nonce,
    ByteString secretHash,
    String clientId,
    String label,
    long ttlMillis,
    long deadlineMillis,
    int locksMax,
    Numbers acknowledged) {

  static Session of(SessionRecord row) {
    return new Session(
        row.getSessionId(),
        row.getNonce(),
        row.getSecretHash(),
        row.getClientId(),
        row.getLabel(),
        row.getTtlMillis(),
        row.getDeadlineMillis(),
        row.getLocksMax(),
        Numbers.of(row.getAcknowledged()));
  }

  SessionRecord toRecord() {
    return SessionRecord.newBuilder()
        .setSessionId(id)
        .setNonce(nonce)
        .setSecretHash(secretHash)
        .setClientId(clientId)
        .setLabel(label)
        .setTtlMillis(ttlMillis)
        .setDeadlineMillis(deadlineMillis)
        .setLocksMax(locksMax)
        .setAcknowledged(acknowledged.toMessage())
        .build();
  }

  /** How many locks it may hold and wait for. */
  int locksAllowed() {
    return locksMax <= 0 ? Limits.LOCKS_PER_SESSION_DEFAULT : locksMax;
  }

  Session with(long newDeadlineMillis, Numbers newAcknowledged) {
    return new Session(
        id,
        nonce,
        secretHash,
        clientId,
        label,
        ttlMillis,
        newDeadlineMillis,
        locksMax,
        newAcknowledged);
  }
}
