package dev.holdfast.history;

/**
 * One lock in one mode, or so many permits of a semaphore.
 *
 * @param lock the lock's name, a path of segments apart by {@code /}
 * @param mode the mode; {@link LockMode#PERMITS} for permits
 * @param permits how many; 0 for a mode
 * @param limit how many the semaphore has; 0 for a mode
 */
public record Demand(String lock, LockMode mode, int permits, int limit) {
  /** A lock in a mode. */
  public Demand(String lock, LockMode mode) {
    this(lock, mode, 0, 0);
  }

  /** Permits of a semaphore. */
  public static Demand permits(String lock, int permits, int limit) {
    return new Demand(lock, LockMode.PERMITS, permits, limit);
  }
}
