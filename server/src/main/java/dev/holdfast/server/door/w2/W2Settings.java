package dev.holdfast.server.door.w2;

import dev.holdfast.replication.PeerAddress;
import dev.holdfast.server.config.DataSize;
import dev.holdfast.server.door.DoorSettings;
import dev.holdfast.server.door.SettingRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What can be set for this door.
 *
 * @param lease how long a client's locks outlive the death of this node; its connection's end ends
 *     them at once
 * @param locksMax most locks of one client
 * @param firstClientId the smallest of this node's 50,000 client ids; 0 for 50,000 times the node's
 *     place in the list of nodes, counted from 1
 * @param newline whether every answer ends with a line break, which the old clients do not expect
 * @param requestBytesMax most bytes of one command
 * @param pieceWait how long after a read a command that no line break ends counts as complete
 * @param connectionsMax most connections at a time
 */
public record W2Settings(
    boolean enabled,
    @Nullable PeerAddress bind,
    Duration lease,
    int locksMax,
    int firstClientId,
    boolean newline,
    DataSize requestBytesMax,
    Duration pieceWait,
    int connectionsMax)
    implements DoorSettings {

  static final W2Settings DEFAULT =
      new W2Settings(
          false,
          null,
          Duration.ofSeconds(10),
          1,
          0,
          false,
          new DataSize(4 << 10),
          Duration.ofMillis(20),
          10_000);

  /** Refuses what cannot be used, saying what to write. */
  public W2Settings {
    SettingRules.requireLease("lease", lease);
    SettingRules.requireRange("locks-max", locksMax, 1, 10_000);
    SettingRules.requireRange(
        "first-client-id", firstClientId, 0, Integer.MAX_VALUE - (long) ClientNumbers.COUNT);
    SettingRules.requireRange("request-bytes-max", requestBytesMax.bytes(), 64, 16 << 20);
    SettingRules.requireRange("piece-wait in ms", pieceWait.toMillis(), 0, 600_000);
    SettingRules.requireRange("connections-max", connectionsMax, 1, ClientNumbers.COUNT);
  }
}
