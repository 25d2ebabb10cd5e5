package dev.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.local.LocalCluster;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Screen;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What a demonstration has told, and how it ended.
 *
 * @param exitCode of the process that it would have been
 * @param out stdout
 * @param err stderr
 */
record PlayedDemo(int exitCode, String out, String err) {
  /** With nodes of its own, through the command line. */
  static PlayedDemo alone(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    return new PlayedDemo(
        DemoCommand.line(screen(out, err), () -> false).execute(words),
        out.toString(),
        err.toString());
  }

  /** On nodes that run already; it leaves them running. */
  static PlayedDemo on(LocalCluster cluster, Path folder, String name, String... options)
      throws InterruptedException, IOException {
    Demo demo = Demos.named(name);
    new CommandLine(CommandSpec.forAnnotatedObjectLenient(demo)).parseArgs(options);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Path own = Files.createTempDirectory(folder, name + "-");
    int exitCode = new Performance(screen(out, err), false, demo, false).play(cluster, own);
    return new PlayedDemo(exitCode, out.toString(), err.toString());
  }

  private static Screen screen(StringWriter out, StringWriter err) {
    return new Screen(new PrintWriter(out, true), new PrintWriter(err, true), false, false);
  }

  /** Every expectation was met, and nothing was said on stderr. */
  PlayedDemo succeeded() {
    return endedWith(ExitCode.OK);
  }

  PlayedDemo endedWith(ExitCode code) {
    assertThat(exitCode).as("%s%n%s", out, err).isEqualTo(code.number());
    assertThat(out).contains("expectations were met");
    assertThat(err).isEmpty();
    return this;
  }

  /** It has told all of these, in this order. */
  PlayedDemo told(String... pieces) {
    assertThat(out).containsSubsequence(pieces);
    return this;
  }
}
