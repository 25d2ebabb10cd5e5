package dev.holdfast.core;

import dev.holdfast.protocol.FileName;
import dev.holdfast.protocol.LockName;
import java.util.List;

/**
 * A bound that every node draws alike and nobody can set, for those who tell users of it.
 *
 * @param name what docs/configuration.md calls it
 */
public record FixedLimit(String name, long value, Unit unit) {
  /** What is counted. */
  public enum Unit {
    COUNT,
    BYTES,
    MILLIS
  }

  /** Those that a client can run into. */
  public static List<FixedLimit> all() {
    return List.of(
        bytes("lock-name-bytes-max", LockName.BYTES_MAX),
        count("lock-depth-max", LockName.DEPTH_MAX),
        count("demands-max", Limits.DEMANDS_MAX),
        bytes("owner-bytes-max", Limits.OWNER_BYTES_MAX),
        count("sessions-cluster-max", Limits.SESSIONS_MAX),
        count("waiting-per-session-max", Limits.WAITING_PER_SESSION_MAX),
        count("passings-max", Limits.PASSINGS_MAX),
        count("answers-per-session-max", Limits.KEPT_ANSWERS_MAX),
        count("locks-per-session-default", Limits.LOCKS_PER_SESSION_DEFAULT),
        count("locks-per-session-max", Limits.LOCKS_PER_SESSION_MAX),
        bytes("value-bytes-max", Limits.VALUE_BYTES_MAX),
        count("values-max", Limits.VALUES_MAX),
        millis("reserved-max", Limits.RESERVED_MILLIS_MAX),
        count("reservations-max", Limits.RESERVATIONS_MAX),
        count("revocation-detail-length-max", Limits.REVOCATION_DETAIL_LENGTH_MAX),
        bytes("file-name-bytes-max", FileName.BYTES_MAX),
        bytes("append-bytes-max", Limits.APPEND_BYTES_MAX),
        bytes("files-bytes-max", Limits.FILE_BYTES_MAX),
        count("files-max", Limits.FILES_MAX));
  }

  private static FixedLimit count(String name, long value) {
    return new FixedLimit(name, value, Unit.COUNT);
  }

  private static FixedLimit bytes(String name, long value) {
    return new FixedLimit(name, value, Unit.BYTES);
  }

  private static FixedLimit millis(String name, long value) {
    return new FixedLimit(name, value, Unit.MILLIS);
  }
}
