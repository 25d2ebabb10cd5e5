package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * A no of the cluster.
 *
 * @param reason the rule that stands against it
 * @param holder who is in the way, if somebody is
 * @param lock the lock at which the rule was broken, if one can be named
 * @param detail for a person: what to do next; may be empty
 * @param deadlock the cycle, for {@link RefusalReason#DEADLOCK}; null otherwise
 * @param reservedUntilMillis for {@link RefusalReason#RESERVED}: until when, on the cluster's
 *     clock; 0 otherwise
 */
public record Refusal(
    RefusalReason reason,
    @Nullable HolderInfo holder,
    @Nullable String lock,
    String detail,
    @Nullable DeadlockReport deadlock,
    long reservedUntilMillis) {
  /** One without a cycle and a reservation. */
  public Refusal(
      RefusalReason reason, @Nullable HolderInfo holder, @Nullable String lock, String detail) {
    this(reason, holder, lock, detail, null, 0);
  }

  /** One line for a person. */
  public String message() {
    StringBuilder text = new StringBuilder(reason.name());
    if (lock != null) {
      text.append(" at '").append(lock).append('\'');
    }
    if (holder != null) {
      text.append(": ").append(holder);
    }
    if (reservedUntilMillis > 0) {
      text.append(" until ").append(reservedUntilMillis).append(" ms on the cluster's clock");
    }
    if (deadlock != null) {
      text.append(": ").append(Deadlocks.sentence(deadlock));
    }
    if (!detail.isEmpty()) {
      text.append(": ").append(detail);
    }
    return text.toString();
  }
}
