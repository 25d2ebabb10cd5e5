package dev.holdfast.history.check;

import dev.holdfast.history.HistoryLine;

/**
 * A line and where it stands.
 *
 * @param source the file, or what else it came from
 * @param number counted from 1
 * @param line the line
 */
public record LocatedLine(String source, long number, HistoryLine line) {
  @Override
  public String toString() {
    return source + ":" + number + ": " + line;
  }
}
