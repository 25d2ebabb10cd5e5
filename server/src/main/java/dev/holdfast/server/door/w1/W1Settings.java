package dev.holdfast.server.door.w1;

import dev.holdfast.replication.PeerAddress;
import dev.holdfast.server.config.DataSize;
import dev.holdfast.server.door.DoorSettings;
import dev.holdfast.server.door.SettingRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be set for this door.
 *
 * @param idleLease how long a client's locks last after its last request
 * @param closeSecret what a {@code close} has to carry as {@code args.secret} to stop the node;
 *     null: nobody may
 * @param requestBytesMax most bytes of one request
 * @param pieceWait how long a request may take to arrive
 * @param connectionsMax most connections at a time
 */
public record W1Settings(
    boolean enabled,
    @Nullable PeerAddress bind,
    Duration idleLease,
    @Nullable String closeSecret,
    DataSize requestBytesMax,
    Duration pieceWait,
    int connectionsMax)
    implements DoorSettings {
  private static final int SECRET_LENGTH_MIN = 16;

  static final W1Settings DEFAULT =
      new W1Settings(
          false,
          null,
          Duration.ofSeconds(30),
          null,
          new DataSize(64 << 10),
          Duration.ofSeconds(5),
          10_000);

  /** Refuses what cannot be used, saying what to write. */
  public W1Settings {
    SettingRules.requireLease("idle-lease", idleLease);
    SettingRules.require(
        closeSecret == null || closeSecret.length() >= SECRET_LENGTH_MIN,
        "close-secret is too short; write " + SECRET_LENGTH_MIN + " characters or more");
    SettingRules.requireRange("request-bytes-max", requestBytesMax.bytes(), 256, 16 << 20);
    SettingRules.requireRange("piece-wait in ms", pieceWait.toMillis(), 1, 600_000);
    SettingRules.requireRange("connections-max", connectionsMax, 1, 1_000_000);
  }

  /** Without the secret, for it may be logged. */
  @Override
  public String toString() {
    return "W1Settings[enabled=" + enabled + ", bind=" + bind + "]";
  }
}
