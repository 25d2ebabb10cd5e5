package dev.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The demonstration itself, on real processes. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class LedgerDemoSystemTest {
  @Test
  void every_expectation_is_met() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Screen screen =
        new Screen(new PrintWriter(out, true), new PrintWriter(err, true), false, false);

    int exitCode = new CommandLine(new DemoCommand(screen, () -> false)).execute();

    assertThat(exitCode).as("%s%n%s", out, err).isEqualTo(ExitCode.OK.number());
    assertThat(out.toString())
        .contains("a new leader, ")
        .contains("alice still holds the lock, under the same token")
        .contains("refused by the gate")
        .contains("all three nodes have the same state")
        .contains("every acknowledged booking exactly once")
        .contains("expectations were met");
    assertThat(err.toString()).isEmpty();
  }
}
