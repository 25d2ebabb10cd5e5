package dev.holdfast.cli.command;

import dev.holdfast.cli.child.HeldLock;
import dev.holdfast.cli.child.Locker;
import dev.holdfast.cli.child.PosixSignal;
import dev.holdfast.cli.child.SignalSource;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Holds a lock until it is ended. */
@Command(
    name = "hold",
    description = {
      "Holds a lock until it is ended (^C or SIGTERM), and then releases it.",
      "",
      "The fencing token is written to stdout as soon as the lock is held. Exit code: 0 released; 69 no node reached, 75 "
          + "not acquired, 76 the lock was lost, 77 refused; 128+n ended by signal n before it had the lock."
    },
    footer = {"", "Example: holdfast hold maintenance --wait 30s"})
final class HoldCommand implements Callable<Integer> {
  private final Invocation invocation;
  private final LockCommand.LockerMaker lockers;
  private final SignalSource signals;
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final Object guard = new Object();
  // Guarded by guard: the thread that a signal has to interrupt, because it waits for the lock.
  private @Nullable Thread acquiring;

  @Mixin private NameArgument name = new NameArgument();

  @Mixin private RequestOptions wanted = new RequestOptions();

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "How long the lock outlives a crash of this machine: 1s to 10m (default: 10s).")
  private Duration ttl = Duration.ofSeconds(10);

  /** Why it is held no more. */
  private sealed interface End {
    record Signalled(PosixSignal signal) implements End {}

    record Lost(String reason) implements End {}
  }

  HoldCommand(Invocation invocation, LockCommand.LockerMaker lockers, SignalSource signals) {
    this.invocation = invocation;
    this.lockers = lockers;
    this.signals = signals;
  }

  @Override
  public Integer call() {
    ClientLocker.Settings settings =
        new ClientLocker.Settings(
            invocation.endpoints(),
            wanted.request(name.value()),
            ttl,
            invocation.globals().timeout(),
            CommandLabel.of(List.of("holdfast hold " + name.value())),
            invocation.tls());
    signals.subscribe(this::onSignal);
    HeldLock held;
    try {
      held = acquire(lockers.make(settings, new WaitLine(invocation.screen())));
    } catch (InterruptedException ended) {
      return exitCodeOf(end.getNow(new End.Signalled(PosixSignal.INT)));
    } catch (RuntimeException failed) {
      // The client library tells of an interrupt so while it opens the session.
      if (end.isDone()) {
        return exitCodeOf(end.join());
      }
      throw failed;
    }
    tell(held.token());
    var _ = held.lost().thenAccept(reason -> end.complete(new End.Lost(reason)));
    return switch (awaitEnd()) {
      case End.Signalled _ -> release(held);
      case End.Lost(String reason) -> {
        held.abandon();
        yield lost(reason);
      }
    };
  }

  private static int exitCodeOf(End before) {
    return before instanceof End.Signalled(PosixSignal signal)
        ? signal.exitCode()
        : ExitCode.INTERRUPTED.number();
  }

  private HeldLock acquire(Locker locker) throws InterruptedException {
    synchronized (guard) {
      acquiring = Thread.currentThread();
    }
    try {
      return locker.acquire();
    } finally {
      synchronized (guard) {
        acquiring = null;
      }
    }
  }

  private void onSignal(PosixSignal signal) {
    end.complete(new End.Signalled(signal));
    synchronized (guard) {
      if (acquiring != null) {
        acquiring.interrupt();
      }
    }
  }

  private void tell(long token) {
    Screen screen = invocation.screen();
    if (invocation.json()) {
      try (Json line = Json.line(screen)) {
        line.startObject().field("lock", name.value()).field("token", token).endObject();
      }
    } else {
      screen.line(Long.toString(token));
    }
    screen.message("holdfast: holding '" + Text.printable(name.value()) + "' until ^C");
  }

  /**
   * An interrupt may still be on its way here, of a signal that came just when the lock was
   * acquired; the signal is in the future as well.
   */
  private End awaitEnd() {
    try {
      return end.join();
    } catch (CompletionException e) {
      throw ErrorReport.of(e);
    }
  }

  private int release(HeldLock held) {
    try {
      return switch (held.release()) {
        case HeldLock.Releasing.Released _ -> ExitCode.OK.number();
        case HeldLock.Releasing.LostBefore(String reason) -> lost(reason);
        case HeldLock.Releasing.Unknown(String reason) -> {
          invocation.screen().message("holdfast: the release is not confirmed: " + reason);
          yield ExitCode.OK.number();
        }
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.INTERRUPTED, "interrupted while it released", "", e);
    }
  }

  private int lost(String reason) {
    invocation
        .screen()
        .message("holdfast: lock '" + Text.printable(name.value()) + "' is lost: " + reason);
    return ExitCode.LOCK_LOST.number();
  }
}
