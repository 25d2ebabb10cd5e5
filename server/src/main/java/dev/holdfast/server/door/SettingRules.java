package dev.holdfast.server.door;

import java.time.Duration;

/** What several doors ask of their settings. */
public final class SettingRules {
  private static final Duration SESSION_MIN = Duration.ofSeconds(1);
  private static final Duration SESSION_MAX = Duration.ofMinutes(10);

  private SettingRules() {}

  /** How long a session lasts. */
  public static void requireLease(String key, Duration value) {
    require(
        value.compareTo(SESSION_MIN) >= 0 && value.compareTo(SESSION_MAX) <= 0,
        key + " is " + value.toMillis() + "ms; write 1s to 10m");
  }

  /** A number, sizes and milliseconds too. */
  public static void requireRange(String key, long value, long least, long most) {
    require(
        value >= least && value <= most, key + " is " + value + "; write " + least + " to " + most);
  }

  /** Anything. */
  public static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
