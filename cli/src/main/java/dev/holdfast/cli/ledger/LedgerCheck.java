package dev.holdfast.cli.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks a whole ledger against what its writers remember: every acknowledged booking is there
 * exactly once, nothing is there that was refused or never written, no token was used by two
 * writers, tokens never go back, and every balance follows from the line above.
 */
public final class LedgerCheck {
  private final List<String> findings = new ArrayList<>();
  private final Map<Booking.Id, Integer> lineOfBooking = new HashMap<>();
  private final Map<Long, String> writerOfToken = new HashMap<>();
  private final Map<String, Integer> lastNumber = new HashMap<>();
  private @Nullable Booking above;

  private LedgerCheck() {}

  /**
   * Checks it.
   *
   * @param text the file, whole
   * @param acknowledged the bookings whose writers were told that they are written
   * @param uncertain the bookings whose writers never learned what became of them; they may be
   *     there once or not at all
   * @return every finding, one line each, naming the line of the file; empty if the ledger is sound
   */
  public static List<String> findings(
      String text, Set<Booking.Id> acknowledged, Set<Booking.Id> uncertain) {
    LedgerCheck check = new LedgerCheck();
    int number = 0;
    for (String line : text.lines().toList()) {
      check.line(++number, line);
    }
    if (!text.isEmpty() && !text.endsWith("\n")) {
      check.findings.add("line " + number + " is cut off");
    }
    check.compare(acknowledged, uncertain);
    return check.findings;
  }

  private void line(int number, String line) {
    Booking booking;
    try {
      booking = Booking.parse(line);
    } catch (IllegalArgumentException e) {
      findings.add("line " + number + " is no booking (" + e.getMessage() + "): " + line);
      return;
    }
    Integer earlier = lineOfBooking.putIfAbsent(booking.id(), number);
    if (earlier != null) {
      findings.add(
          "line "
              + number
              + ": booking "
              + booking.id()
              + " is there twice, first in line "
              + earlier);
    }
    String user = writerOfToken.putIfAbsent(booking.token(), booking.writer());
    if (user != null && !user.equals(booking.writer())) {
      findings.add(
          "line "
              + number
              + ": token "
              + booking.token()
              + " was used by "
              + user
              + " and by "
              + booking.writer());
    }
    int last = lastNumber.merge(booking.writer(), booking.number(), Math::max);
    if (last > booking.number() && earlier == null) {
      findings.add(
          "line "
              + number
              + ": booking "
              + booking.id()
              + " comes after "
              + booking.writer()
              + "#"
              + last);
    }
    compareWithAbove(number, booking);
    above = booking;
  }

  private void compareWithAbove(int number, Booking booking) {
    long tokenAbove = above == null ? 0 : above.token();
    long balanceAbove = above == null ? 0 : above.balance();
    if (booking.token() < tokenAbove) {
      findings.add(
          "line "
              + number
              + ": token "
              + booking.token()
              + " after the larger "
              + tokenAbove
              + ": a stale write");
    }
    if (booking.balance() != balanceAbove + booking.amount()) {
      findings.add(
          "line "
              + number
              + ": balance "
              + booking.balance()
              + " does not follow from "
              + balanceAbove
              + " and "
              + booking.amount()
              + ": a lost update");
    }
  }

  private void compare(Set<Booking.Id> acknowledged, Set<Booking.Id> uncertain) {
    for (Booking.Id id : sorted(acknowledged)) {
      if (!lineOfBooking.containsKey(id)) {
        findings.add("booking " + id + " was acknowledged and is not there: lost");
      }
    }
    for (Booking.Id id : sorted(lineOfBooking.keySet())) {
      if (!acknowledged.contains(id) && !uncertain.contains(id)) {
        findings.add(
            "line "
                + lineOfBooking.get(id)
                + ": booking "
                + id
                + " was never acknowledged to anybody");
      }
    }
  }

  private static Set<Booking.Id> sorted(Set<Booking.Id> ids) {
    return new TreeSet<>(ids);
  }
}
