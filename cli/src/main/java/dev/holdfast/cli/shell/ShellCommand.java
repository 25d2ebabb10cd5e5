package dev.holdfast.cli.shell;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cli.command.CommandLabel;
import dev.holdfast.cli.command.Invocation;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.ClientTls;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastBuilder;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Locks by hand. */
@Command(
    name = "shell",
    description = {
      "Reads commands, and holds what they lock until it ends: lock, unlock, held, who, queue, watch and others.",
      "",
      "On a terminal there are completion (of lock names too), a history, and a prompt that tells how the session stands; "
          + "^C clears the line or ends what waits, ^D ends the shell. From a pipe it reads a command a line; the exit code "
          + "is 1 if one of them failed. At the end everything is released.",
      "",
      "With --classic it asks for Lock, Release or Status and then for a name, and allows one lock at a time."
    },
    footer = {"", "Example: holdfast shell", "         printf 'lock a\\nheld\\n' | holdfast shell"})
public final class ShellCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(
      names = "--classic",
      description = "Speak as the lock service with one lock for each client did.")
  private boolean classic;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "How long the locks outlive a crash of this machine: 1s to 10m (default: 10s).")
  private Duration ttl = Duration.ofSeconds(10);

  /**
   * Does nothing yet.
   *
   * @param invocation what commands are given
   */
  public ShellCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    try (ShellLocks locks = new ClientShellLocks(connect())) {
      // Closed twice when the shell ends by itself, which does no harm.
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("holdfast-end-shell").unstarted(locks::close));
      return classic ? classic(locks) : modern(locks);
    }
  }

  private int classic(ShellLocks locks) {
    try (LiveNames names = new LiveNames(invocation);
        Lines lines = lines(new Completion(null, names, locks))) {
      return new ClassicShell(locks, lines, invocation::connect).run();
    }
  }

  private int modern(ShellLocks locks) {
    ShellTree tree = new ShellTree(invocation, locks);
    try (LiveNames names = new LiveNames(invocation);
        Lines lines = lines(new Completion(tree.names(), names, locks))) {
      return new ModernShell(tree.on(lines), locks, lines).run();
    }
  }

  private Lines lines(Completion completion) {
    Screen screen = invocation.screen();
    if (!screen.outIsTerminal()) {
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
      return new PipedLines(in, screen, classic);
    }
    return TerminalLines.open(
        completion,
        classic
            ? null
            : HistoryFile.in(
                invocation.variable("XDG_STATE_HOME"), System.getProperty("user.home", ".")),
        screen.colour());
  }

  private Holdfast connect() {
    String endpoints = invocation.endpoints();
    Duration timeout = invocation.globals().timeout();
    try {
      HoldfastBuilder builder =
          Holdfast.builder()
              .endpoints(endpoints)
              .sessionTtl(ttl)
              .openTimeout(timeout)
              .requestTimeout(timeout)
              .closeTimeout(Duration.ofSeconds(1))
              .locksMax(classic ? 1 : 0)
              .label(CommandLabel.of(List.of("holdfast shell" + (classic ? " --classic" : ""))));
      ClientTls tls = invocation.tls();
      return (tls == null ? builder : builder.tls(tls)).connect();
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          "cannot open a session at '" + endpoints + "': " + e.getMessage(),
          "write endpoints as host:port,..., and a --ttl of 1s to 10m",
          e);
    }
  }
}
