package dev.holdfast.server.door.w3;

import dev.holdfast.protocol.LockName;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.server.config.DataSize;
import dev.holdfast.server.door.DoorSettings;
import dev.holdfast.server.door.SettingRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be set for this door.
 *
 * @param lock the one lock of all its clients
 * @param lease how long a client has it after its last request
 * @param requestBytesMax most bytes of one request
 */
public record W3Settings(
    boolean enabled,
    @Nullable PeerAddress bind,
    String lock,
    Duration lease,
    DataSize requestBytesMax)
    implements DoorSettings {

  static final W3Settings DEFAULT =
      new W3Settings(false, null, "files", Duration.ofSeconds(30), new DataSize(2 << 20));

  /** Refuses what cannot be used, saying what to write. */
  public W3Settings {
    String problem = LockName.problemWith(lock);
    SettingRules.require(problem == null, "lock: " + problem);
    SettingRules.requireLease("lease", lease);
    SettingRules.requireRange("request-bytes-max", requestBytesMax.bytes(), 1_024, 16 << 20);
  }
}
