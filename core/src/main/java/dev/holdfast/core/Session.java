package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.SessionRecord;

/**
 * A client's life at the cluster. Immutable; a renewal puts another one in its place.
 *
 * @param nonce what it was opened with; for the session of a client that asks by operation ids,
 *     what names the client
 * @param secretHash empty for the session of a client that asks by operation ids, so that no secret
 *     fits
 */
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

  /** Whether a session may be opened with this. */
  static boolean isWellFormed(
      ByteString nonce, String clientId, String label, long ttlMillis, int locksMax) {
    return nonce.size() == Limits.NONCE_BYTES
        && ttlMillis >= Limits.TTL_MILLIS_MIN
        && ttlMillis <= Limits.TTL_MILLIS_MAX
        && label.length() <= Limits.LABEL_LENGTH_MAX
        && clientId.length() <= Limits.CLIENT_ID_LENGTH_MAX
        && locksMax <= Limits.LOCKS_PER_SESSION_MAX;
  }

  /** Whether it belongs to a client that asks by operation ids. */
  boolean asksByOperations() {
    return secretHash.isEmpty();
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
