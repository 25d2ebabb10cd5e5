package dev.holdfast.client;

import java.util.Optional;

/** What became of an attempt to get a lock at once. */
public sealed interface PreemptResult {
  /** Whether it was granted. */
  default boolean isGranted() {
    return this instanceof Granted;
  }

  /** The grant, if there is one. */
  default Optional<LockGrant> grant() {
    return this instanceof Granted granted ? Optional.of(granted.value()) : Optional.empty();
  }

  /**
   * It was granted.
   *
   * @param value what was granted
   */
  record Granted(LockGrant value) implements PreemptResult {}

  /**
   * It was not.
   *
   * @param refusal why, and who is in the way
   */
  record Refused(Refusal refusal) implements PreemptResult {}
}
