package dev.holdfast.cli.ledger;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * One line of the ledger.
 *
 * @param token the fencing token under which it was written
 * @param writer who wrote it, without blanks
 * @param number the writer's own count of its bookings, starting at 1
 * @param amount what was booked
 * @param balance the balance in the line above plus the amount, so a writer that overlooked
 *     another's line shows
 */
public record Booking(long token, String writer, int number, long amount, long balance) {
  private static final Pattern WRITER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  /** Refuses what could not be read again. */
  public Booking {
    if (token < 1 || number < 1 || !WRITER.matcher(writer).matches()) {
      throw new IllegalArgumentException(
          "no booking: token " + token + ", writer '" + writer + "', number " + number);
    }
  }

  /** Which booking this is, whatever is in it. */
  public Id id() {
    return new Id(writer, number);
  }

  /** The line for the file, without its line feed. */
  public String line() {
    return token + " " + writer + " " + number + " " + amount + " " + balance;
  }

  /**
   * Reads a line.
   *
   * @param line without its line feed
   * @throws IllegalArgumentException it is no booking
   */
  public static Booking parse(String line) {
    String[] parts = line.split(" ", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException("a booking has 5 fields, not " + parts.length);
    }
    return new Booking(
        Long.parseLong(parts[0]),
        parts[1],
        Integer.parseInt(parts[2]),
        Long.parseLong(parts[3]),
        Long.parseLong(parts[4]));
  }

  /**
   * Names a booking.
   *
   * @param writer who wrote it
   * @param number the writer's own count
   */
  public record Id(String writer, int number) implements Comparable<Id> {
    private static final Comparator<Id> ORDER =
        Comparator.comparing(Id::writer).thenComparingInt(Id::number);

    @Override
    public int compareTo(Id other) {
      return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
      return writer + "#" + number;
    }
  }
}
