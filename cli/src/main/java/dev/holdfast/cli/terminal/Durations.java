package dev.holdfast.cli.terminal;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lengths of time as people write and read them: {@code 500ms}, {@code 30s}, {@code 1m30s}, {@code
 * 2h}.
 */
public final class Durations {
  /** Nobody means more, and as nanoseconds it is still a number. */
  private static final Duration MAX = Duration.ofDays(36_500);

  private static final Pattern PART = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

  private Durations() {}

  /**
   * Reads one or more numbers with units, or a lone 0.
   *
   * @param text such as {@code 30s} or {@code 1m30s}; units are ms, s, m, h and d
   * @throws IllegalArgumentException saying how to write it
   */
  public static Duration parse(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    int at = 0;
    while (at < text.length() && part.find(at) && part.start() == at) {
      sum = sum.plus(millis(Long.parseLong(part.group(1)), part.group(2)));
      at = part.end();
    }
    if (at == 0 || at < text.length()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no duration; write a number with a unit, such as 500ms, 30s, 1m30s or 2h");
    }
    if (sum.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is longer than a hundred years; write a shorter time, at most 36500d");
    }
    return sum;
  }

  /**
   * A length of time to read at a glance: {@code 12ms}, {@code 4.2s}, {@code 3m05s}, {@code 2h10m},
   * {@code 5d03h}.
   *
   * @param millis the length; a negative one is shown as {@code -}
   */
  public static String format(long millis) {
    if (millis < 0) {
      return "-";
    }
    if (millis < 1_000) {
      return millis + "ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1fs", Math.floor(millis / 100.0) / 10);
    }
    long seconds = millis / 1_000;
    if (seconds < 3_600) {
      return pair(seconds / 60, "m", seconds % 60, "s");
    }
    if (seconds < 86_400) {
      return pair(seconds / 3_600, "h", seconds % 3_600 / 60, "m");
    }
    return pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h");
  }

  private static String pair(long large, String largeUnit, long small, String smallUnit) {
    return String.format(Locale.ROOT, "%d%s%02d%s", large, largeUnit, small, smallUnit);
  }

  private static Duration millis(long number, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> throw new IllegalArgumentException("unknown unit " + unit);
    };
  }
}
