package dev.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.HolderInfo;
import dev.holdfast.client.Mode;
import dev.holdfast.client.QueueNews;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class WaitLineTest {
  private final StringWriter err = new StringWriter();

  private WaitLine line(boolean terminal) {
    return line(terminal, Integer.MAX_VALUE);
  }

  private WaitLine line(boolean terminal, int columns) {
    return new WaitLine(
        new Screen(
            new PrintWriter(new StringWriter()), new PrintWriter(err), !terminal, terminal, false),
        () -> columns);
  }

  private static QueueNews news(int position, int length, OptionalLong estimate) {
    HolderInfo holder =
        new HolderInfo(new SessionId(7), "lock", new FencingToken(9), Mode.X, "host1 pid 7", 0);
    return new QueueNews("x", position, length, holder, 3_100, 1, estimate);
  }

  @Test
  void the_line_is_written_over_as_the_place_changes() {
    WaitLine line = line(true);
    line.news(news(2, 5, OptionalLong.of(12_000)));
    assertThat(err.toString()).isEmpty();
    line.began("x");
    line.news(news(1, 4, OptionalLong.empty()));
    line.over();
    line.news(news(1, 3, OptionalLong.empty()));
    String first = "holdfast: 2nd of 5 for 'x', held by host1 pid 7 since 3.1s, about 12.0s";
    String second = "holdfast: 1st of 4 for 'x', held by host1 pid 7 since 3.1s";
    String gap = " ".repeat(first.length() - second.length());
    assertThat(err.toString()).isEqualTo(first + "\r" + second + gap + System.lineSeparator());
  }

  @Test
  void what_is_said_meanwhile_stands_on_a_line_of_its_own() {
    WaitLine line = line(true);
    line.began("x");
    line.makeRoom();
    line.makeRoom();
    line.news(news(1, 4, OptionalLong.empty()));
    line.over();
    String first = "holdfast: waiting for 'x' (who has it: holdfast who 'x')";
    String second = "holdfast: 1st of 4 for 'x', held by host1 pid 7 since 3.1s";
    assertThat(err.toString())
        .isEqualTo(first + System.lineSeparator() + second + System.lineSeparator());
  }

  @Test
  void on_a_narrow_terminal_the_line_is_cut_so_that_it_can_be_written_over() {
    WaitLine line = line(true, 40);
    line.began("x");
    line.news(news(2, 5, OptionalLong.of(12_000)));
    line.over();
    String first = "holdfast: waiting for 'x' (who has i...";
    String second = "holdfast: 2nd of 5 for 'x', held by ...";
    assertThat(err.toString()).isEqualTo(first + "\r" + second + System.lineSeparator());
  }

  @Test
  void elsewhere_than_on_a_terminal_nothing_is_said() {
    WaitLine line = line(false);
    line.began("x");
    line.news(news(12, 50, OptionalLong.empty()));
    line.over();
    assertThat(err.toString()).isEmpty();
  }
}
