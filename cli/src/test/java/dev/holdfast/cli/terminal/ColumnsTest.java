package dev.holdfast.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnsTest {
  private record Thing(String name, long count, long ageMillis) {}

  private static final Columns<Thing> COLUMNS =
      new Columns<Thing>()
          .text("name", "NAME", Thing::name)
          .number("count", "COUNT", Thing::count)
          .duration("age_ms", "AGE", Thing::ageMillis)
          .jsonOnly("big", thing -> thing.count() > 9)
          .jsonNumber("twice", thing -> thing.count() < 0 ? -1 : 2 * thing.count());

  private static final List<Thing> THINGS =
      List.of(
          new Thing("first", 7, 1_500),
          new Thing("", 1_234, -1),
          new Thing("tab\there", -1, 61_000));

  private final StringWriter out = new StringWriter();

  private Screen screen(boolean colour) {
    return new Screen(new PrintWriter(out), new PrintWriter(new StringWriter()), colour, colour);
  }

  @Test
  void columns_are_aligned_and_no_line_ends_in_blanks() {
    assertThat(COLUMNS.table(THINGS, screen(false)))
        .containsExactly(
            "NAME       COUNT    AGE",
            "first          7   1.5s",
            "-           1234      -",
            "tab\\there      -  1m01s");
  }

  @Test
  void wide_and_combining_signs_are_aligned_as_a_terminal_shows_them() {
    List<Thing> things = List.of(new Thing("鎖/1", 1, 2), new Thing("e\u0301té", 1, 2));
    assertThat(COLUMNS.table(things, screen(false)))
        .containsExactly("NAME  COUNT  AGE", "鎖/1      1  2ms", "e\u0301té       1  2ms");
  }

  @Test
  void only_the_heading_is_in_bold_on_a_terminal() {
    List<String> lines = COLUMNS.table(THINGS, screen(true));
    assertThat(lines.get(0)).startsWith("\u001b[1m").endsWith("\u001b[0m");
    assertThat(lines.subList(1, lines.size())).noneMatch(line -> line.contains("\u001b"));
  }

  @Test
  void json_has_every_field_and_null_for_what_is_unknown() {
    try (Json json = new Json(screen(false))) {
      COLUMNS.writeArray(json, THINGS);
    }
    assertThat(out.toString().replaceAll("\\s+", ""))
        .isEqualTo(
            """
            [{"name":"first","count":7,"age_ms":1500,"big":false,"twice":14},
             {"name":"","count":1234,"age_ms":null,"big":true,"twice":2468},
             {"name":"tab\\there","count":null,"age_ms":61000,"big":false,"twice":null}]
            """
                .replaceAll("\\s+", ""));
  }
}
