package dev.holdfast.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private static Screen screen(boolean outIsTerminal, boolean errIsTerminal) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return new Screen(nowhere, nowhere, outIsTerminal, errIsTerminal, true);
  }

  @Test
  void a_file_gets_no_colour_though_the_other_stream_is_a_terminal() {
    assertThat(screen(true, false).styled(Screen.Style.BOLD, "a")).isEqualTo("\u001b[1ma\u001b[0m");
    assertThat(screen(true, false).styledMessage(Screen.Style.RED, "a")).isEqualTo("a");
    assertThat(screen(false, true).styled(Screen.Style.BOLD, "a")).isEqualTo("a");
    assertThat(screen(false, true).styledMessage(Screen.Style.RED, "a"))
        .isEqualTo("\u001b[31ma\u001b[0m");
  }
}
