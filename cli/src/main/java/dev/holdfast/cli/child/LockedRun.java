package dev.holdfast.cli.child;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.cli.terminal.Text;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Acquires a lock, runs a command under it, releases it.
 *
 * <p>One thread decides, from a queue of events: a signal came, the child ended, the lock was lost,
 * the grace is over. Signals and losses are only put into the queue where they arise. While the
 * thread is inside the client library (acquiring, releasing) a signal interrupts it.
 */
public final class LockedRun {
  private final String lockName;
  private final List<String> command;
  private final Duration grace;
  private final Screen screen;
  private final SignalSource signals;

  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Set<ProcessHandle> toEnd = new LinkedHashSet<>();
  private final Object phaseGuard = new Object();
  // Guarded by phaseGuard: the thread that a signal has to interrupt, because it waits for the
  // cluster.
  private @Nullable Thread waitsForCluster;

  /** What the deciding thread waits for. */
  private sealed interface Event {
    record Signalled(PosixSignal signal) implements Event {}

    record ChildEnded(int exitCode) implements Event {}

    record Lost(String reason) implements Event {}
  }

  /**
   * Prepares a run; nothing happens yet.
   *
   * @param lockName the lock, for the child's environment and for messages
   * @param command the command and its arguments, at least one
   * @param grace how long a child may take to end by itself once the lock is lost
   * @param screen for messages; the child inherits the process's own stdin, stdout and stderr
   * @param signals where signals come from
   */
  public LockedRun(
      String lockName, List<String> command, Duration grace, Screen screen, SignalSource signals) {
    this.lockName = lockName;
    this.command = List.copyOf(command);
    this.grace = grace;
    this.screen = screen;
    this.signals = signals;
  }

  /**
   * Does all of it on the calling thread.
   *
   * @param locker acquires the lock
   * @return what this process should end with: the child's own exit code, 128 + n after a signal,
   *     or 76
   * @throws Failure the lock was not acquired, or the command cannot be run
   */
  public int run(Locker locker) {
    signals.subscribe(this::onSignal);
    HeldLock held;
    try {
      held = whileSignalsInterrupt(locker::acquire);
    } catch (InterruptedException stopped) {
      return exitCodeOfFirstSignal();
    } catch (RuntimeException failed) {
      if (signalCame()) {
        return exitCodeOfFirstSignal();
      }
      throw failed;
    }
    Ending ending;
    try {
      var _ =
          held.lost()
              .whenComplete(
                  (reason, none) -> events.add(new Event.Lost(reason == null ? "lost" : reason)));
      Process child = start(held.token());
      var _ =
          child.onExit().thenAccept(ended -> events.add(new Event.ChildEnded(ended.exitValue())));
      ending = attend(child);
    } catch (Failure notStarted) {
      release(held);
      throw notStarted;
    }
    if (ending.lockLost) {
      held.abandon();
      return ExitCode.LOCK_LOST.number();
    }
    return release(held) ? ending.exitCode : ExitCode.LOCK_LOST.number();
  }

  private record Ending(int exitCode, boolean lockLost) {}

  private Ending attend(Process child) {
    boolean lockLost = false;
    long killAtNanos = Long.MAX_VALUE;
    while (true) {
      switch (nextEvent(killAtNanos)) {
        case null -> {
          screen.message(
              "holdfast: the command did not end within "
                  + Durations.format(grace.toMillis())
                  + ": killed");
          endAll(child, ProcessHandle::destroyForcibly);
          killAtNanos = Long.MAX_VALUE;
        }
        case Event.Signalled(PosixSignal signal) -> forward(signal, child);
        case Event.Lost(String reason) -> {
          if (!lockLost && child.isAlive()) {
            lockLost = true;
            screen.message(
                "holdfast: lock '" + shownName() + "' is lost: " + reason + "; ending the command");
            endAll(child, ProcessHandle::destroy);
            killAtNanos = System.nanoTime() + grace.toNanos();
          }
        }
        case Event.ChildEnded(int exitCode) -> {
          if (lockLost) {
            endAll(child, ProcessHandle::destroyForcibly);
          }
          return new Ending(exitCode, lockLost);
        }
      }
    }
  }

  /** The next event, or null when the time to kill has come. */
  private @Nullable Event nextEvent(long killAtNanos) {
    while (true) {
      try {
        return killAtNanos == Long.MAX_VALUE
            ? events.take()
            : events.poll(killAtNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException strayed) {
        // A signal that came just when the lock was acquired; it is in the queue as well.
      }
    }
  }

  /** Without its lock nothing of the child may go on, so what it has started is ended with it. */
  private void endAll(Process child, Consumer<ProcessHandle> how) {
    child.descendants().forEach(toEnd::add);
    toEnd.add(child.toHandle());
    toEnd.stream().filter(ProcessHandle::isAlive).forEach(how);
  }

  private void forward(PosixSignal signal, Process child) {
    if (signal == PosixSignal.INT && signals.keyboardReachesChild()) {
      return;
    }
    try {
      signal.sendTo(child.pid());
    } catch (InterruptedException strayed) {
      // As in nextEvent; the shell that sends the signal is running and needs no waiting for.
    }
  }

  private Process start(long token) {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    Map<String, String> environment = builder.environment();
    environment.put("HOLDFAST_FENCE", Long.toString(token));
    environment.put("HOLDFAST_LOCK", lockName);
    try {
      return builder.start();
    } catch (IOException e) {
      throw cannotStart(e);
    }
  }

  private Failure cannotStart(IOException cause) {
    String program = command.get(0);
    if (existsSomewhere(program)) {
      return new Failure(
          ExitCode.COMMAND_NOT_EXECUTABLE,
          "cannot execute '" + program + "'",
          "make it executable (chmod +x), or run it with its interpreter",
          cause);
    }
    return new Failure(
        ExitCode.COMMAND_NOT_FOUND,
        "there is no command '" + program + "'",
        "check the spelling; shell built-ins and pipes need: -- sh -c '...'",
        cause);
  }

  private static boolean existsSomewhere(String program) {
    if (program.indexOf(File.separatorChar) >= 0) {
      return Files.exists(Path.of(program));
    }
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator))
        .anyMatch(folder -> !folder.isEmpty() && Files.exists(Path.of(folder, program)));
  }

  /** Whether the lock was held until now, as far as anybody knows. */
  private boolean release(HeldLock held) {
    try {
      return switch (whileSignalsInterrupt(held::release)) {
        case HeldLock.Releasing.Released() -> true;
        case HeldLock.Releasing.LostBefore(String reason) -> {
          screen.message(
              "holdfast: lock '" + shownName() + "' was lost before the command ended: " + reason);
          yield false;
        }
        case HeldLock.Releasing.Unknown(String reason) -> {
          screen.message("holdfast: lock '" + shownName() + "' is not yet released: " + reason);
          yield true;
        }
      };
    } catch (InterruptedException stopped) {
      screen.message(
          "holdfast: stopped before lock '"
              + shownName()
              + "' was released; it goes when its session expires");
      return true;
    }
  }

  private String shownName() {
    return Text.printable(lockName);
  }

  /** Something that waits for the cluster. */
  @FunctionalInterface
  private interface Waiting<T> {
    T call() throws InterruptedException;
  }

  private <T> T whileSignalsInterrupt(Waiting<T> waiting) throws InterruptedException {
    synchronized (phaseGuard) {
      waitsForCluster = Thread.currentThread();
    }
    try {
      return waiting.call();
    } finally {
      synchronized (phaseGuard) {
        waitsForCluster = null;
      }
    }
  }

  private void onSignal(PosixSignal signal) {
    events.add(new Event.Signalled(signal));
    synchronized (phaseGuard) {
      if (waitsForCluster != null) {
        waitsForCluster.interrupt();
      }
    }
  }

  private boolean signalCame() {
    return events.stream().anyMatch(Event.Signalled.class::isInstance);
  }

  private int exitCodeOfFirstSignal() {
    return events.stream()
        .filter(Event.Signalled.class::isInstance)
        .map(event -> ((Event.Signalled) event).signal().exitCode())
        .findFirst()
        .orElse(ExitCode.INTERRUPTED.number());
  }
}
