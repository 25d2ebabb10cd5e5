package dev.holdfast.server.door.w0;

import dev.holdfast.replication.PeerAddress;
import dev.holdfast.server.config.DataSize;
import dev.holdfast.server.door.DoorSettings;
import dev.holdfast.server.door.SettingRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be set for this door.
 *
 * @param idleLease how long a client's locks last after its last connection is gone
 * @param check who answers {@code check}
 * @param ownerInRefusals whether a failed {@code preempt} tells the owner, as a field more
 * @param requestBytesMax most bytes of one request
 * @param pieceWait how long the rest of a request may take to arrive
 * @param connectionsMax most connections at a time
 */
public record W0Settings(
    boolean enabled,
    @Nullable PeerAddress bind,
    Duration idleLease,
    Check check,
    boolean ownerInRefusals,
    DataSize requestBytesMax,
    Duration pieceWait,
    int connectionsMax)
    implements DoorSettings {

  /** Who answers a question. */
  public enum Check {
    /** What was committed when it was asked. */
    LEADER,
    /** This node's own map, at once. */
    LOCAL
  }

  static final W0Settings DEFAULT =
      new W0Settings(
          false,
          null,
          Duration.ofSeconds(30),
          Check.LEADER,
          false,
          new DataSize(64 << 10),
          Duration.ofSeconds(5),
          10_000);

  /** Refuses what cannot be used, saying what to write. */
  public W0Settings {
    SettingRules.requireLease("idle-lease", idleLease);
    SettingRules.requireRange("request-bytes-max", requestBytesMax.bytes(), 256, 16 << 20);
    SettingRules.requireRange("piece-wait in ms", pieceWait.toMillis(), 1, 600_000);
    SettingRules.requireRange("connections-max", connectionsMax, 1, 1_000_000);
  }
}
