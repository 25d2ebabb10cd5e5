package dev.holdfast.core;

import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.List;

/**
 * One lock in one mode, or permits of it, for whoever reads events: a demand, or the intention that
 * a demand means for a lock above.
 *
 * @param lock the lock's name
 * @param mode unspecified for permits
 * @param permits how many permits; 0 for a mode
 */
public record NeedInfo(String lock, LockMode mode, int permits) {
  /**
   * Merged demands and the intentions that follow from them, one need per lock, in the order of
   * names.
   *
   * @param merged the demands of a grant or a waiting request
   */
  public static List<NeedInfo> of(List<Demand> merged) {
    return Need.of(merged).stream()
        .map(need -> new NeedInfo(need.lock(), Modes.wire(need.mode()), need.permits()))
        .toList();
  }

  /**
   * Whether two owners who have, or want, these at the same lock may be in each other's way. For
   * permits: whether they would be if too few were left.
   */
  public boolean conflictsWith(NeedInfo other) {
    return Modes.contains(Modes.conflictsOf(number()), other.number());
  }

  /** Whether an owner who has this at the same lock need not wait for {@code other}. */
  public boolean covers(NeedInfo other) {
    return permits > 0 ? permits >= other.permits : Modes.covers(number(), other.number());
  }

  /** What an owner has who has this and {@code other} at the same lock. */
  public NeedInfo with(NeedInfo other) {
    return permits > 0
        ? new NeedInfo(lock, mode, permits + other.permits)
        : new NeedInfo(lock, Modes.wire(Modes.join(number(), other.number())), 0);
  }

  private int number() {
    return permits > 0 ? Modes.PERMITS : mode.getNumber();
  }
}
