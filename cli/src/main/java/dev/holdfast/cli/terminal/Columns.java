package dev.holdfast.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jline.utils.WCWidth;

/**
 * What is told about a kind of thing, said once for both formats: each column has a heading in
 * tables and a stable field name in JSON.
 *
 * @param <T> the kind of thing
 */
public final class Columns<T> {
  private final List<Column<T>> columns = new ArrayList<>();

  /** How a column's values are shown. */
  private enum Kind {
    TEXT,
    RIGHT_TEXT,
    NUMBER,
    DURATION,
    JSON_ONLY,
    JSON_NUMBER;

    boolean inTables() {
      return this != JSON_ONLY && this != JSON_NUMBER;
    }
  }

  private record Column<T>(String field, String heading, Kind kind, Function<T, Object> value) {}

  /** No columns yet. */
  public Columns() {}

  /**
   * Adds a text column.
   *
   * @param field the name in JSON
   * @param heading the heading in tables
   * @param value the text; empty is shown as {@code -} in tables
   * @return this
   */
  public Columns<T> text(String field, String heading, Function<T, String> value) {
    columns.add(new Column<>(field, heading, Kind.TEXT, value::apply));
    return this;
  }

  /**
   * Adds a right-aligned text column, for figures that were written already.
   *
   * @param field the name in JSON
   * @param heading the heading in tables
   * @param value the text
   * @return this
   */
  public Columns<T> rightText(String field, String heading, Function<T, String> value) {
    columns.add(new Column<>(field, heading, Kind.RIGHT_TEXT, value::apply));
    return this;
  }

  /**
   * Adds a right-aligned column of whole numbers.
   *
   * @param field the name in JSON
   * @param heading the heading in tables
   * @param value the number; a negative one means unknown and is shown as {@code -}, and null in
   *     JSON
   * @return this
   */
  public Columns<T> number(String field, String heading, ToLongFunction<T> value) {
    columns.add(new Column<>(field, heading, Kind.NUMBER, value::applyAsLong));
    return this;
  }

  /**
   * Adds a right-aligned column of lengths of time.
   *
   * @param field the name in JSON, which ends in {@code _ms}
   * @param heading the heading in tables
   * @param valueMillis the length; a negative one means none and is shown as {@code -}, and null in
   *     JSON
   * @return this
   */
  public Columns<T> duration(String field, String heading, ToLongFunction<T> valueMillis) {
    columns.add(new Column<>(field, heading, Kind.DURATION, valueMillis::applyAsLong));
    return this;
  }

  /**
   * Adds a value that only JSON has: a String, Boolean, Integer or Long.
   *
   * @param field the name in JSON
   * @param value the value
   * @return this
   */
  public Columns<T> jsonOnly(String field, Function<T, Object> value) {
    columns.add(new Column<>(field, "", Kind.JSON_ONLY, value));
    return this;
  }

  /**
   * Adds a whole number that only JSON has.
   *
   * @param field the name in JSON
   * @param value the number; a negative one means unknown and is null in JSON
   * @return this
   */
  public Columns<T> jsonNumber(String field, ToLongFunction<T> value) {
    columns.add(new Column<>(field, "", Kind.JSON_NUMBER, value::applyAsLong));
    return this;
  }

  /**
   * The rows as aligned lines with a heading; no line has trailing blanks.
   *
   * @param rows the things to show, in order
   * @param screen tells whether the heading may be in bold
   */
  public List<String> table(List<? extends T> rows, Screen screen) {
    List<Column<T>> shown = columns.stream().filter(column -> column.kind.inTables()).toList();
    List<List<String>> cells = new ArrayList<>();
    cells.add(shown.stream().map(Column::heading).toList());
    for (T row : rows) {
      cells.add(shown.stream().map(column -> cell(column, row)).toList());
    }
    int[] widths = new int[shown.size()];
    for (List<String> line : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(line.get(i)));
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> line : cells) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String gap = " ".repeat(widths[i] - width(line.get(i)));
        boolean right = shown.get(i).kind != Kind.TEXT;
        text.append(i == 0 ? "" : "  ")
            .append(right ? gap : "")
            .append(line.get(i))
            .append(right ? "" : gap);
      }
      lines.add(text.toString().stripTrailing());
    }
    lines.set(0, screen.styled(Screen.Style.BOLD, lines.get(0)));
    return lines;
  }

  /**
   * Writes the rows as a JSON array of objects.
   *
   * @param json where to
   * @param rows the things to write, in order
   */
  public void writeArray(Json json, List<? extends T> rows) {
    json.startArray();
    for (T row : rows) {
      json.startObject();
      writeFields(json, row);
      json.endObject();
    }
    json.endArray();
  }

  /**
   * Writes one thing's fields into the object that is open.
   *
   * @param json where to
   * @param row the thing
   */
  public void writeFields(Json json, T row) {
    for (Column<T> column : columns) {
      Object value = column.value.apply(row);
      boolean unknown = column.kind != Kind.JSON_ONLY && value instanceof Long number && number < 0;
      json.field(column.field, unknown ? null : value);
    }
  }

  private String cell(Column<T> column, T row) {
    Object value = column.value.apply(row);
    if (value instanceof Long number) {
      if (number < 0) {
        return "-";
      }
      return column.kind == Kind.DURATION ? Durations.format(number) : Long.toString(number);
    }
    String text = Text.printable(value.toString());
    return text.isEmpty() ? "-" : text;
  }

  /** In columns of a terminal: two for a sign of East Asia, none for one that is put on another. */
  private static int width(String text) {
    return text.codePoints().map(sign -> Math.max(0, WCWidth.wcwidth(sign))).sum();
  }
}
