package dev.holdfast.cli.command;

import dev.holdfast.cli.child.LockedRun;
import dev.holdfast.cli.child.Locker;
import dev.holdfast.cli.child.SignalSource;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.AcquireRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
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
    footer = {
      "",
      "Examples: holdfast lock nightly-report --wait 30s -- ./report.sh",
      "          holdfast lock gpu --semaphore 1/4 -- ./train.sh",
      "          holdfast lock accounts/7 --and accounts/9 -- ./transfer.sh 7 9"
    })
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

  @Mixin private RequestOptions wanted = new RequestOptions();

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
    AcquireRequest request = wanted.request(name.value());
    ClientLocker.Settings settings =
        new ClientLocker.Settings(
            invocation.endpoints(),
            request,
            ttl,
            invocation.globals().timeout(),
            CommandLabel.of(command),
            invocation.tls());
    Screen screen = invocation.screen();
    return new LockedRun(name.value(), command, grace, screen, signals)
        .run(lockers.make(settings, new WaitLine(screen)));
  }

  private static Failure usage(String message, String next) {
    return new Failure(ExitCode.USAGE, message, next);
  }
}
