package dev.holdfast.cli.command;

import dev.holdfast.client.PastPoint;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Points in the past, as people write them. */
final class PastTime {
  static final String HOW =
      "write a revision, such as 4711, or a time, such as 2026-11-26T14:05:00 (this machine's time zone),"
          + " 2026-11-26T13:05:00Z or 14:05:00 (today)";

  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);

  private PastTime() {}

  /**
   * Reads a revision or a time.
   *
   * @param now what day it is
   * @throws IllegalArgumentException if it is neither
   */
  static PastPoint parse(String text, Instant now, ZoneId zone) {
    if (text.matches("[0-9]{1,18}")) {
      return PastPoint.revision(Long.parseLong(text));
    }
    List<Function<String, Instant>> forms =
        List.of(
            form -> OffsetDateTime.parse(form).toInstant(),
            form -> LocalDateTime.parse(form).atZone(zone).toInstant(),
            form ->
                LocalTime.parse(form)
                    .atDate(LocalDate.ofInstant(now, zone))
                    .atZone(zone)
                    .toInstant());
    for (Function<String, Instant> form : forms) {
      try {
        return PastPoint.time(form.apply(text.trim().replace(' ', 'T')));
      } catch (DateTimeParseException e) {
        // The next form, then.
      }
    }
    throw new IllegalArgumentException("'" + text + "' is no point in the past");
  }

  /** A time of day for a person; empty if it is not known. */
  static String shown(long wallMillis, ZoneId zone) {
    return wallMillis == 0
        ? ""
        : SHOWN.format(LocalDateTime.ofInstant(Instant.ofEpochMilli(wallMillis), zone));
  }
}
