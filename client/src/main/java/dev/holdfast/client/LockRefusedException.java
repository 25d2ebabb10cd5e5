package dev.holdfast.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The cluster said no, and which of its rules stands against the request. */
public sealed class LockRefusedException extends NotAppliedException permits DeadlockException {
  private static final long serialVersionUID = 1L;

  private final RefusalReason reason;
  private final @Nullable String lock;
  private final transient @Nullable HolderInfo holder;

  LockRefusedException(Refusal refusal) {
    super(refusal.message(), null);
    this.reason = refusal.reason();
    this.lock = refusal.lock();
    this.holder = refusal.holder();
  }

  /** The rule. */
  public RefusalReason reason() {
    return reason;
  }

  /** Who is in the way, if somebody is and the cluster told. */
  public Optional<HolderInfo> holder() {
    return Optional.ofNullable(holder);
  }

  /** The lock at which the rule was broken, if one can be named. */
  public Optional<String> lock() {
    return Optional.ofNullable(lock);
  }
}
