package dev.holdfast.client;

import dev.holdfast.protocol.LockName;
import org.jspecify.annotations.Nullable;

/**
 * One lock in one mode; or so many permits of a semaphore. A name is of one kind at a time.
 *
 * @param lock the lock's name; see {@link LockName} for what may be in it
 * @param mode how it is to be held; null for permits
 * @param permits how many permits; 0 for a mode
 * @param limit how many permits the semaphore has; the same for all who use it at one time; 0 for a
 *     mode
 */
public record Demand(String lock, @Nullable Mode mode, int permits, int limit) {
  /**
   * Refuses what is not a lock's name, and neither a mode nor permits.
   *
   * @throws IllegalArgumentException saying which rule is broken
   */
  public Demand {
    String problem = LockName.problemWith(lock);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    boolean good = mode == null ? 1 <= permits && permits <= limit : permits == 0 && limit == 0;
    if (!good) {
      throw new IllegalArgumentException(
          "a demand is for a mode, or for 1 to limit permits, not for mode "
              + mode
              + " and "
              + permits
              + " permits of "
              + limit);
    }
  }

  /**
   * A lock in a mode.
   *
   * @param lock the lock's name
   * @param mode how it is to be held
   */
  public Demand(String lock, Mode mode) {
    this(lock, mode, 0, 0);
  }

  /**
   * Permits of a semaphore.
   *
   * @param lock the semaphore's name
   * @param permits how many, 1 to {@code limit}
   * @param limit how many there are
   */
  public static Demand permits(String lock, int permits, int limit) {
    return new Demand(lock, null, permits, limit);
  }

  dev.holdfast.protocol.v1.Demand wire() {
    dev.holdfast.protocol.v1.Demand.Builder wire =
        dev.holdfast.protocol.v1.Demand.newBuilder().setLock(lock);
    if (mode != null) {
      wire.setMode(mode.wire());
    }
    return wire.setPermits(permits).setLimit(limit).build();
  }

  static Demand of(dev.holdfast.protocol.v1.Demand wire) {
    return wire.getPermits() > 0
        ? permits(wire.getLock(), wire.getPermits(), wire.getLimit())
        : new Demand(wire.getLock(), Mode.known(wire.getMode()));
  }

  @Override
  public String toString() {
    return mode == null ? lock + ":" + permits + "/" + limit : lock + ":" + mode;
  }
}
