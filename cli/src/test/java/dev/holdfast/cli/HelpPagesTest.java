package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.command.Globals;
import dev.holdfast.cli.command.Invocation;
import dev.holdfast.cli.terminal.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HelpPagesTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine tree = tree();

  private record Ran(int exitCode, String out, String err) {}

  private CommandLine tree() {
    Screen screen =
        new Screen(new PrintWriter(out, true), new PrintWriter(err, true), false, false);
    Globals globals = new Globals();
    return CommandTree.of(
        new Invocation(globals, screen, Map.of(), (endpoints, limit) -> new FakeCluster()),
        globals);
  }

  private Ran run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    int exitCode = tree.execute(args);
    return new Ran(exitCode, out.toString(), err.toString());
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
    tree.getSubcommands()
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
