package dev.holdfast.cli.command;

import dev.holdfast.client.PastPoint;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** Points in the past, as people write them. */
final class PastTime {
  static final String HOW =
      "write a revision, such as 4711, or a time, such as 2026-11-26T14:05:00 (this machine's time zone),"
          + " 2026-11-26T13:05:00Z or 14:05:00 (today)";

  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);

  private static final DateTimeFormatter READ =
      new DateTimeFormatterBuilder()
          .optionalStart()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .optionalEnd()
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffsetId()
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

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
    try {
      TemporalAccessor read =
          READ.parseBest(
              text.trim().replace(' ', 'T'),
              OffsetDateTime::from,
              LocalDateTime::from,
              OffsetTime::from,
              LocalTime::from);
      return PastPoint.time(
          switch (read) {
            case OffsetDateTime whole -> whole.toInstant();
            case LocalDateTime here -> here.atZone(zone).toInstant();
            case OffsetTime today ->
                today.atDate(LocalDate.ofInstant(now, today.getOffset())).toInstant();
            default ->
                LocalTime.from(read)
                    .atDate(LocalDate.ofInstant(now, zone))
                    .atZone(zone)
                    .toInstant();
          });
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("'" + text + "' is no point in the past", e);
    }
  }

  /** A time of day for a person; empty if it is not known. */
  static String shown(long wallMillis, ZoneId zone) {
    return wallMillis == 0
        ? ""
        : SHOWN.format(LocalDateTime.ofInstant(Instant.ofEpochMilli(wallMillis), zone));
  }
}
