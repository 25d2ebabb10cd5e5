package dev.holdfast.cli.verify;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.history.check.LocatedLine;
import dev.holdfast.history.check.Rule;
import dev.holdfast.history.check.Summary;
import dev.holdfast.history.check.Violation;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What was checked and what is broken, for people and for programs. */
final class VerifyReport {
  private static final Columns<Summary> SUMMARY =
      new Columns<Summary>()
          .number("recordings", "RECORDINGS", Summary::sources)
          .number("lines", "LINES", Summary::lines)
          .number("operations", "OPERATIONS", Summary::operations)
          .number("reads", "READS", Summary::reads)
          .number("sessions", "SESSIONS", Summary::sessions)
          .number("locks", "LOCKS", Summary::locks)
          .number("grants", "GRANTS", Summary::grants)
          .number("steps", "STEPS", Summary::steps)
          .number("unknowns", "UNKNOWN", Summary::unknowns)
          .number("unknowns_resolved", "RESOLVED", Summary::unknownsResolved);

  private record Row(Rule rule, long checked, long broken) {}

  private static final Columns<Row> RULES =
      new Columns<Row>()
          .text("rule", "RULE", row -> row.rule.name())
          .number("checked", "CHECKED", Row::checked)
          .number("broken", "BROKEN", Row::broken);

  private VerifyReport() {}

  private static List<Row> rows(Summary summary) {
    return Stream.of(Rule.values())
        .map(
            rule ->
                new Row(
                    rule,
                    summary.checks().getOrDefault(rule, 0L),
                    summary.violations().getOrDefault(rule, 0L)))
        .toList();
  }

  static void table(Screen screen, Summary summary, List<Violation> violations) {
    SUMMARY.table(List.of(summary), screen).forEach(screen::line);
    screen.line("");
    List<Row> looked =
        rows(summary).stream().filter(row -> row.checked > 0 || row.broken > 0).toList();
    RULES.table(looked, screen).forEach(screen::line);
    for (Violation violation : violations) {
      screen.line("");
      screen.line(
          screen.styled(Screen.Style.RED, violation.rule().name())
              + ": "
              + Text.printable(violation.sentence()));
      for (LocatedLine line : violation.lines()) {
        screen.line("  " + Text.printable(line.source()) + ":" + line.number());
        screen.line("    " + Text.printable(line.line().toString()));
      }
    }
    screen.out().flush();
    summary.unchecked().forEach(note -> screen.message("not checked: " + note));
    long broken = summary.violations().values().stream().mapToLong(Long::longValue).sum();
    if (broken == 0) {
      screen.message(screen.styledMessage(Screen.Style.GREEN, "no rule is broken"));
    } else {
      screen.message(
          screen.styledMessage(
              Screen.Style.RED,
              "broken: "
                  + broken
                  + " times, "
                  + summary.violations().size()
                  + (summary.violations().size() == 1 ? " rule" : " rules")));
    }
  }

  static void json(Json json, Summary summary, List<Violation> violations) {
    json.startObject();
    json.field("ok", violations.isEmpty());
    SUMMARY.writeFields(json, summary);
    RULES.writeArray(json.name("rules"), rows(summary));
    json.name("violations").startArray();
    for (Violation violation : violations) {
      json.startObject()
          .field("rule", violation.rule().name())
          .field("sentence", violation.sentence());
      json.name("lines").startArray();
      for (LocatedLine line : violation.lines()) {
        json.startObject()
            .field("file", line.source())
            .field("number", line.number())
            .field("kind", kind(line))
            .endObject();
      }
      json.endArray().endObject();
    }
    json.endArray();
    json.name("unchecked").startArray();
    summary.unchecked().forEach(json::value);
    json.endArray().endObject();
  }

  private static String kind(LocatedLine line) {
    return line.line()
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }
}
