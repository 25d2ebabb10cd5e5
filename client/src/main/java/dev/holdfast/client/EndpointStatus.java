package dev.holdfast.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of asking one endpoint for its status.
 *
 * @param endpoint host:port
 * @param answer null if it did not answer
 * @param failure why not, for a person; null if it did
 */
public record EndpointStatus(
    String endpoint, @Nullable NodeStatus answer, @Nullable String failure) {
  /** What it said, if it did. */
  public Optional<NodeStatus> status() {
    return Optional.ofNullable(answer);
  }

  /** Why it did not answer, if it did not. */
  public Optional<String> problem() {
    return Optional.ofNullable(failure);
  }
}
