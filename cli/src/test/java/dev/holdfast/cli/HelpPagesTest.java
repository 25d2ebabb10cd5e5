package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.terminal.Screen;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpPagesTest {
  private static Ran run(String... args) {
    return Ran.of(new FakeCluster(), args);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lock",
        "hold",
        "shell",
        "grant-info",
        "unlock",
        "who",
        "locks",
        "queue",
        "sessions",
        "force-release",
        "check",
        "dump",
        "status",
        "info",
        "cluster",
        "bench",
        "verify",
        "demo",
        "version",
        "completion",
        "help",
        "server",
        "cluster add",
        "cluster remove",
        "cluster replace",
        "cluster transfer",
        "cluster snapshot",
        "cluster status",
        "cluster members",
        "deadlocks",
        "why",
        "waits",
        "lint",
        "watch",
        "elect",
        "revoke",
        "value get",
        "value set",
        "value rm",
        "file",
        "file append",
        "file read",
        "file list",
        "file rm",
        "history",
        "history verify",
        "history export"
      })
  void every_command_has_a_short_page_with_an_example(String command) {
    Ran ran = run(("help " + command).split(" "));
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).startsWith("Usage: holdfast " + command).containsPattern("Examples?: ");
    assertThat(ran.out().lines().count()).isLessThan(60);
    assertThat(run((command + " --help").split(" ")).out()).isEqualTo(ran.out());
  }

  @Test
  void the_list_of_commands_is_grouped_and_complete() {
    Ran ran = run("help");
    assertThat(ran.out())
        .contains(
            "Use locks",
            "Run a cluster",
            "Try it",
            "  lock  ",
            "  force-release ",
            "  bench ",
            "  completion ")
        .doesNotContain("demo-part");
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    CommandTree.of(new Screen(nowhere, nowhere, false, false), Map.of())
        .getSubcommands()
        .forEach(
            (name, command) ->
                assertThat(ran.out().contains("\n  " + name + " "))
                    .as(name)
                    .isNotEqualTo(command.getCommandSpec().usageMessage().hidden()));
    assertThat(run("--help").out()).isEqualTo(ran.out());
  }

  @Test
  void lists_of_numbers_are_shown_as_they_are_written() {
    assertThat(run("help", "bench").out())
        .contains("      --workers=N,...       How many", "      --server-pids=PID,... ");
  }
}
