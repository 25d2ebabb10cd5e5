package dev.holdfast.cli.command;

import dev.holdfast.cli.child.LockedRun;
import dev.holdfast.cli.child.Locker;
import dev.holdfast.cli.child.SignalSource;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Demand;
import dev.holdfast.client.Mode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a command under a lock. */
@Command(
    name = "lock",
    description = {
      "Runs a command while it holds a lock, and releases the lock when the command has ended.",
      "",
      "The command finds the fencing token in HOLDFAST_FENCE and the lock's name in HOLDFAST_LOCK. ^C and SIGTERM go to "
          + "the command. If the lock is lost, the command is asked to end (SIGTERM) and, after the grace, killed.",
      "",
      "Exit code: the command's own (128+n if signal n ended it); 69 no node reached, 75 not acquired, 76 lock lost while "
          + "the command ran, 77 refused, 64 wrong command line, 78 wrong environment, 126/127 command not runnable/found."
    },
    footer = {"", "Example: holdfast lock nightly-report --wait 30s -- ./report.sh"})
final class LockCommand implements Callable<Integer> {
  private final Invocation invocation;
  private final LockerMaker lockers;
  private final SignalSource signals;

  @Mixin private NameArgument name = new NameArgument();

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "-- COMMAND",
      description = "What to run, with its arguments; put -- before it.")
  private List<String> command = List.of();

  @Option(
      names = "--shared",
      description = "Hold it together with others who say --shared (a read lock).")
  private boolean shared;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      description = "Wait so long at most, in the order of arrival (default: without limit).")
  private @Nullable Duration wait;

  @Option(names = "--try", description = "Do not wait at all.")
  private boolean tryOnly;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "How long the lock outlives a crash of this machine: 1s to 10m (default: 10s).")
  private Duration ttl = Duration.ofSeconds(10);

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      description = "How long the command may take to end when the lock is lost (default: 5s).")
  private Duration grace = Duration.ofSeconds(5);

  /** Makes what acquires the lock. */
  @FunctionalInterface
  interface LockerMaker {
    Locker make(ClientLocker.Settings settings, WaitLine waiting);
  }

  LockCommand(Invocation invocation, LockerMaker lockers, SignalSource signals) {
    this.invocation = invocation;
    this.lockers = lockers;
    this.signals = signals;
  }

  @Override
  public Integer call() {
    if (command.isEmpty()) {
      throw usage(
          "there is no command to run",
          "write it behind --: holdfast lock " + name.value() + " -- COMMAND");
    }
    if (tryOnly && wait != null) {
      throw usage(
          "--try and --wait contradict each other",
          "--try does not wait at all; leave one of them out");
    }
    AcquireRequest request =
        new AcquireRequest(
            List.of(new Demand(name.value(), shared ? Mode.S : Mode.X)),
            "lock",
            tryOnly ? Duration.ZERO : wait,
            null);
    ClientLocker.Settings settings =
        new ClientLocker.Settings(
            invocation.endpoints(),
            request,
            ttl,
            invocation.globals().timeout(),
            CommandLabel.of(command));
    Screen screen = invocation.screen();
    return new LockedRun(name.value(), command, grace, screen, signals)
        .run(lockers.make(settings, new WaitLine(screen)));
  }

  private static Failure usage(String message, String next) {
    return new Failure(ExitCode.USAGE, message, next);
  }
}
