package dev.holdfast.history.check;

import java.util.List;

/**
 * A rule that the history breaks.
 *
 * @param rule which
 * @param sentence what happened, for a person
 * @param lines the lines that prove it, the earlier one first
 */
public record Violation(Rule rule, String sentence, List<LocatedLine> lines) {
  /** Copies the list. */
  public Violation {
    lines = List.copyOf(lines);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(rule + ": " + sentence);
    lines.forEach(line -> text.append("\n    ").append(line));
    return text.toString();
  }
}
