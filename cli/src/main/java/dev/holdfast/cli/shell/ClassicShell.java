package dev.holdfast.cli.shell;

import dev.holdfast.cli.command.Cluster;
import dev.holdfast.cli.command.ErrorReport;
import dev.holdfast.cli.command.NotAcquired;
import dev.holdfast.cli.command.WaitLine;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.Mode;
import dev.holdfast.protocol.LockName;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Speaks as a lock service did whose clients type a command and then a name, and have one lock
 * each. That a client has only one is a rule of its session, and the cluster keeps it.
 */
final class ClassicShell {
  private static final String COMMAND_PROMPT = "Please enter your command:";
  private static final String NAME_PROMPT = "Lockname >>";

  private final ShellLocks locks;
  private final Lines lines;
  private final Supplier<Cluster> connector;
  private final Interruptible operations = new Interruptible();

  /**
   * Reads nothing yet.
   *
   * @param locks a session that may have one lock
   * @param lines where the lines come from
   * @param connector the way to the cluster, for questions
   */
  ClassicShell(ShellLocks locks, Lines lines, Supplier<Cluster> connector) {
    this.locks = locks;
    this.lines = lines;
    this.connector = connector;
  }

  /** Runs to the end; the exit code. */
  int run() {
    lines.onInterrupt(operations::interrupt);
    locks.tell(new Announcer(locks, lines, () -> {}));
    say("Client id :" + locks.sessionId());
    boolean more = true;
    while (more) {
      String command = lines.next(COMMAND_PROMPT);
      more = command != null && run(command.strip());
      if (command == null) {
        say("");
      }
    }
    return ExitCode.OK.number();
  }

  private boolean run(String command) {
    switch (command) {
      case "Lock" -> withName(this::lock);
      case "Release" -> withName(this::release);
      case "Status" -> withName(this::status);
      case "exit", "quit" -> {
        return false;
      }
      case "" -> {}
      default ->
          say(
              Text.printable(command)
                  + " is not a valid request. Please entre Status/Lock/Release.");
    }
    return true;
  }

  private void withName(Consumer<String> operation) {
    String typed = lines.next(NAME_PROMPT);
    if (typed == null || typed.isEmpty()) {
      return;
    }
    String name = Normalizer.normalize(typed, Normalizer.Form.NFC);
    String problem = LockName.problemWith(name);
    if (problem != null) {
      say(problem);
      return;
    }
    Optional<Failure> failure = operations.during(() -> failureOf(operation, name));
    failure.ifPresent(
        told -> {
          lines.screen().message("holdfast: " + told.getMessage());
          lines.screen().message("  next: " + told.nextStep());
        });
  }

  private static Optional<Failure> failureOf(Consumer<String> operation, String name) {
    try {
      operation.accept(name);
      return Optional.empty();
    } catch (RuntimeException e) {
      boolean interrupted = Thread.currentThread().isInterrupted();
      return Optional.of(interrupted ? interrupted(e) : ErrorReport.of(e));
    }
  }

  private static Failure interrupted(Exception cause) {
    return new Failure(
        ExitCode.INTERRUPTED, "interrupted", "see what has become of it: Status", cause);
  }

  private void lock(String name) {
    say("Lock operation");
    AcquireRequest request = AcquireRequest.of(name, Mode.X).waitAtMost(Duration.ZERO);
    try {
      say(
          switch (locks.acquire(request, new WaitLine(lines.screen()))) {
            case ShellLocks.Outcome.Granted _ -> Text.printable(name) + ">>Lock Status";
            case ShellLocks.Outcome.Refused refused -> refusal(name, request, refused);
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    }
  }

  private static String refusal(
      String name, AcquireRequest request, ShellLocks.Outcome.Refused refused) {
    return switch (refused.reason()) {
      case TOO_MANY_LOCKS, ALREADY_HELD, ALREADY_WAITING -> "You have already had a Lock !";
      case HELD_BY_ANOTHER, WAITED_FOR_BY_ANOTHER, RESERVED, KIND_MISMATCH ->
          Text.printable(name) + ">>This name of Lock have existed.";
      default ->
          throw NotAcquired.failure(request, refused.reason(), refused.holder(), refused.cause());
    };
  }

  private void release(String name) {
    say("Release operation");
    Optional<ShellLocks.Holding> mine =
        locks.held().stream()
            .filter(holding -> holding.demands().get(0).lock().equals(name))
            .findFirst();
    if (mine.isPresent()) {
      mine.get().release();
      say(Text.printable(name) + ">>Release Status");
    } else {
      say(
          anyLock()
              ? "You don't have a lock named>>" + Text.printable(name)
              : "There isn't any lock.");
    }
  }

  private boolean anyLock() {
    try (Cluster cluster = connector.get()) {
      return !cluster.locks("", "", 1, Consistency.LINEARIZABLE).locks().isEmpty();
    }
  }

  private void status(String name) {
    say("Check the lock status");
    LockCheck check;
    try (Cluster cluster = connector.get()) {
      check = cluster.check(name, Consistency.LINEARIZABLE, 0);
    }
    if (check.isFree()) {
      say("There isn't a lock named>>" + Text.printable(name));
    } else {
      say(Text.printable(name) + ">>Lock Status");
      say("Owner information: " + owner(check.holders().get(0)));
    }
  }

  private static String owner(LockHolder holder) {
    return "client id "
        + holder.sessionId()
        + ", "
        + Text.printable(holder.label())
        + ", token "
        + holder.token();
  }

  private void say(String line) {
    Screen screen = lines.screen();
    screen.line(line);
    screen.out().flush();
  }
}
