package dev.holdfast.client;

import dev.holdfast.protocol.LockName;

/**
 * One lock in one mode.
 *
 * @param lock the lock's name; see {@link LockName} for what may be in it
 * @param mode how it is to be held
 */
public record Demand(String lock, Mode mode) {
  /**
   * Refuses what is not a lock's name.
   *
   * @throws IllegalArgumentException saying which rule the name breaks
   */
  public Demand {
    String problem = LockName.problemWith(lock);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  @Override
  public String toString() {
    return lock + ":" + mode;
  }
}
