package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * A no of the cluster.
 *
 * @param reason the rule that stands against it
 * @param holder who is in the way, if somebody is
 * @param lock the lock at which the rule was broken, if one can be named
 * @param detail for a person: what to do next; may be empty
 */
public record Refusal(
    RefusalReason reason, @Nullable HolderInfo holder, @Nullable String lock, String detail) {
  /** One line for a person. */
  public String message() {
    StringBuilder text = new StringBuilder(reason.name());
    if (lock != null) {
      text.append(" at '").append(lock).append('\'');
    }
    if (holder != null) {
      text.append(": ").append(holder);
    }
    if (!detail.isEmpty()) {
      text.append(": ").append(detail);
    }
    return text.toString();
  }
}
