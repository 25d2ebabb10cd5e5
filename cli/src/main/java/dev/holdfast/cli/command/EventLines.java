package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.LockEvent;
import dev.holdfast.client.LockEvent.Part;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Events as lines for people. */
final class EventLines {
  private static final int VALUE_SHOWN = 60;

  private EventLines() {}

  /** One line: revision, kind, what and who. */
  static String line(LockEvent event) {
    return line(event.revision(), kind(event).replace('_', ' '), about(event));
  }

  static String line(long revision, String kind, String about) {
    return String.format(Locale.ROOT, "%9d  %-20s  %s", revision, kind, about);
  }

  static String kind(LockEvent event) {
    return switch (event) {
      case LockEvent.Granted _ -> "granted";
      case LockEvent.Released _ -> "released";
      case LockEvent.Queued _ -> "queued";
      case LockEvent.Left _ -> "left";
      case LockEvent.Passed _ -> "passed";
      case LockEvent.Converted _ -> "converted";
      case LockEvent.ReservationEnded _ -> "reservation_ended";
      case LockEvent.ValueChanged _ -> "value_changed";
      case LockEvent.RevocationRequested _ -> "revocation_requested";
      case LockEvent.DeadlockFound _ -> "deadlock_found";
      case LockEvent.Other _ -> "other";
    };
  }

  private static String about(LockEvent event) {
    return switch (event) {
      case LockEvent.Granted it ->
          parts(it.parts())
              + " to "
              + owner(it.sessionId(), it.owner())
              + (it.waitedMillis() > 0 ? ", waited " + Durations.format(it.waitedMillis()) : "")
              + switch (it.cause()) {
                case REQUESTED, OTHER -> "";
                case EXTENDED, CONVERTED, HANDED_OVER ->
                    ", " + word(it.cause()) + " from token " + it.replacedToken();
              };
      case LockEvent.Released it ->
          parts(it.parts())
              + " token "
              + it.token()
              + " of session "
              + it.sessionId()
              + ": "
              + word(it.end())
              + by(it.operator(), it.reason());
      case LockEvent.Queued it ->
          parts(it.parts())
              + " for "
              + owner(it.sessionId(), it.owner())
              + (it.convertsToken() > 0 ? ", converts token " + it.convertsToken() : "");
      case LockEvent.Left it ->
          parts(it.parts())
              + " ticket "
              + it.ticket()
              + " of session "
              + it.sessionId()
              + ": "
              + word(it.exit());
      case LockEvent.Passed it ->
          Text.printable(it.lock()) + " ticket " + it.ticket() + " before " + it.passedTicket();
      case LockEvent.Converted it ->
          parts(it.before()) + " to " + parts(it.parts()) + " token " + it.token();
      case LockEvent.ReservationEnded it ->
          parts(it.parts()) + " token " + it.token() + by(it.operator(), it.reason());
      case LockEvent.ValueChanged it -> Text.printable(it.lock()) + " " + value(it);
      case LockEvent.RevocationRequested it ->
          parts(it.parts())
              + " token "
              + it.token()
              + " of session "
              + it.sessionId()
              + (it.bySessionId() > 0 ? " by session " + it.bySessionId() : "")
              + by(it.operator(), it.detail());
      case LockEvent.DeadlockFound it ->
          it.members().stream()
                  .map(each -> owner(each.sessionId(), each.owner()) + " at " + each.lock())
                  .collect(Collectors.joining(" -> "))
              + "; ticket "
              + it.victimTicket()
              + " is refused";
      case LockEvent.Other _ -> "an event of a later version";
    };
  }

  private static String parts(List<Part> parts) {
    return parts.stream()
        .map(each -> Text.printable(each.toString()))
        .collect(Collectors.joining(" "));
  }

  private static String owner(long sessionId, String owner) {
    return "session " + sessionId + " (" + Text.printable(owner) + ")";
  }

  private static String by(String operator, String reason) {
    return (operator.isEmpty() ? "" : " by " + Text.printable(operator))
        + (reason.isEmpty() ? "" : " (" + Text.printable(reason) + ")");
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String value(LockEvent.ValueChanged it) {
    String text = it.text();
    if (text == null) {
      return "removed by token " + it.token();
    }
    String shown = text.length() > VALUE_SHOWN ? text.substring(0, VALUE_SHOWN) + "..." : text;
    return (it.valid() ? "" : "no longer valid: ")
        + "'"
        + Text.printable(shown)
        + "' token "
        + it.token();
  }
}
