package dev.holdfast.client;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Other modes, or another number of permits, for locks of a grant; those that are not named stay as
 * they are. Immutable; every method returns a changed copy.
 *
 * @param changes how the locks are to be held; each names a lock of the grant
 * @param waitAtMost how long to wait; zero: not at all; null: without limit
 * @param priority of a cycle of waiting requests the one with the lowest priority is refused
 */
public record Conversion(List<Demand> changes, @Nullable Duration waitAtMost, int priority) {
  /**
   * Refuses values out of range.
   *
   * @throws IllegalArgumentException naming the value and the range
   */
  public Conversion {
    changes = List.copyOf(changes);
    if (changes.isEmpty() || changes.size() > AcquireRequest.DEMANDS_MAX) {
      throw new IllegalArgumentException(
          "a conversion has 1 to "
              + AcquireRequest.DEMANDS_MAX
              + " demands, not "
              + changes.size());
    }
    AcquireRequest.requireWait(waitAtMost);
  }

  /** To these, waited for without limit. */
  public static Conversion to(Demand... changes) {
    return new Conversion(List.of(changes), null, 0);
  }

  /** One lock to this mode, waited for without limit. */
  public static Conversion to(String lock, Mode mode) {
    return to(new Demand(lock, mode));
  }

  /** Waits no longer than this. */
  public Conversion waitAtMost(Duration limit) {
    return new Conversion(changes, limit, priority);
  }

  /** How dear this request is in a deadlock; 0 unless said. */
  public Conversion priority(int value) {
    return new Conversion(changes, waitAtMost, value);
  }
}
