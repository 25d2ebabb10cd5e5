package dev.holdfast.server.door;

import dev.holdfast.replication.PeerAddress;
import org.jspecify.annotations.Nullable;

/**
 * What can be set for a door, below {@code doors.<name>}: a public record whose components are the
 * keys, as those of the rest of the configuration. A component that cannot be used makes the
 * record's constructor throw an {@link IllegalArgumentException} that says what to write.
 */
public interface DoorSettings {
  /** Whether it is opened. */
  boolean enabled();

  /** Where it listens; null for the loopback interface at the wire's own port. */
  @Nullable PeerAddress bind();
}
