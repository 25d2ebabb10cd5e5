package dev.holdfast.client;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where a waiting request stands, at the one of its locks that will keep it the longest.
 *
 * @param lock the lock's name
 * @param position 1 is next
 * @param queueLength how many wait for the lock by name
 * @param holder one who holds the lock, or else whoever is in the way (token 0: an earlier
 *     request); null if nothing is
 * @param heldMillis for how long that has been held, on the cluster's clock; -1 if it is not known
 * @param holders how many hold the lock by name
 * @param estimate in how many milliseconds it may be this request's turn, going by how long the
 *     last turns took; empty if the node has seen none. It promises nothing
 */
public record QueueNews(
    String lock,
    int position,
    int queueLength,
    @Nullable HolderInfo holder,
    long heldMillis,
    int holders,
    OptionalLong estimate) {

  /** When it may be this request's turn, from now on; null if it is not known. */
  public @Nullable Duration estimatedWait() {
    return estimate.isPresent() ? Duration.ofMillis(estimate.getAsLong()) : null;
  }
}
