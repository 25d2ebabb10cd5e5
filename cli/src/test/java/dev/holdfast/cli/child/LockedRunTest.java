package dev.holdfast.cli.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LockedRunTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  @TempDir private Path folder;

  private final StringWriter messages = new StringWriter();
  private final FakeLock lock = new FakeLock();
  private final FakeSignals signals = new FakeSignals();

  /** A lock that is granted at once, and lost when the test says so. */
  private static final class FakeLock implements HeldLock {
    final CompletableFuture<String> lost = new CompletableFuture<>();
    final AtomicBoolean released = new AtomicBoolean();
    final AtomicBoolean abandoned = new AtomicBoolean();
    Releasing releasing = new Releasing.Released();

    @Override
    public long token() {
      return 57;
    }

    @Override
    public void abandon() {
      abandoned.set(true);
    }

    @Override
    public CompletableFuture<String> lost() {
      return lost;
    }

    @Override
    public Releasing release() {
      released.set(true);
      return releasing;
    }
  }

  private static final class FakeSignals implements SignalSource {
    final CompletableFuture<Consumer<PosixSignal>> receiver = new CompletableFuture<>();
    boolean keyboard;

    @Override
    public void subscribe(Consumer<PosixSignal> subscriber) {
      receiver.complete(subscriber);
    }

    @Override
    public boolean keyboardReachesChild() {
      return keyboard;
    }

    void send(PosixSignal signal) {
      receiver.join().accept(signal);
    }
  }

  private int run(Duration grace, String... command) {
    Screen screen =
        new Screen(
            new PrintWriter(new StringWriter()), new PrintWriter(messages, true), false, false);
    return new LockedRun("orders/42", List.of(command), grace, screen, signals).run(() -> lock);
  }

  private CompletableFuture<Integer> running(Duration grace, String... command) {
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> exitCode.complete(run(grace, command)));
    return exitCode;
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private void awaitFile(String name) {
    await().atMost(LONG).until(() -> Files.exists(folder.resolve(name)));
  }

  @Test
  void the_exit_code_is_the_commands_own_and_the_lock_is_released() {
    assertThat(run(LONG, "sh", "-c", "exit 7")).isEqualTo(7);
    assertThat(lock.released).isTrue();
    assertThat(messages.toString()).isEmpty();
  }

  @Test
  void the_command_finds_token_and_name_in_its_environment() throws Exception {
    assertThat(run(LONG, "sh", "-c", "echo $HOLDFAST_FENCE $HOLDFAST_LOCK > " + path("out")))
        .isZero();
    assertThat(folder.resolve("out")).hasContent("57 orders/42");
  }

  @Test
  void a_command_ended_by_a_signal_counts_as_128_and_its_number() {
    assertThat(run(LONG, "sh", "-c", "kill -KILL $$")).isEqualTo(137);
    assertThat(lock.released).isTrue();
  }

  @Test
  void an_unknown_command_is_127_and_the_lock_is_released() {
    assertThatThrownBy(() -> run(LONG, "no-such-command-anywhere"))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.COMMAND_NOT_FOUND));
    assertThat(lock.released).isTrue();
  }

  @Test
  void a_file_that_is_no_program_is_126() throws Exception {
    Files.writeString(folder.resolve("data"), "no program");
    assertThatThrownBy(() -> run(LONG, path("data")))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.COMMAND_NOT_EXECUTABLE));
    assertThat(lock.released).isTrue();
  }

  @Test
  void a_lost_lock_ends_the_command_gently_first() throws Exception {
    String script =
        "trap 'echo ended > "
            + path("ended")
            + "; exit 0' TERM; : > "
            + path("started")
            + "; while :; do sleep 0.05; done";
    CompletableFuture<Integer> exitCode = running(LONG, "sh", "-c", script);
    awaitFile("started");
    lock.lost.complete("an operator released it");
    assertThat(exitCode.get()).isEqualTo(76);
    assertThat(folder.resolve("ended")).exists();
    assertThat(lock.abandoned).isTrue();
    assertThat(lock.released).isFalse();
    assertThat(messages.toString())
        .contains("'orders/42' is lost: an operator released it; ending the command");
  }

  @Test
  void a_command_that_ignores_the_loss_is_killed_together_with_what_it_started() throws Exception {
    String script =
        "trap '' TERM; (trap '' TERM; echo $$ > /dev/null; exec sleep 1000) & echo $! > "
            + path("grandchild")
            + "; : > "
            + path("started")
            + "; while :; do sleep 0.05; done";
    CompletableFuture<Integer> exitCode = running(Duration.ofMillis(200), "sh", "-c", script);
    awaitFile("started");
    long grandchild = Long.parseLong(Files.readString(folder.resolve("grandchild")).strip());
    lock.lost.complete("the session was lost");
    assertThat(exitCode.get()).isEqualTo(76);
    await()
        .atMost(LONG)
        .until(() -> ProcessHandle.of(grandchild).filter(ProcessHandle::isAlive).isEmpty());
    assertThat(messages.toString()).contains("did not end within 200ms: killed");
  }

  @Test
  void a_lock_found_lost_at_the_release_is_76_too() {
    lock.releasing = new HeldLock.Releasing.LostBefore("the session was lost");
    assertThat(run(LONG, "true")).isEqualTo(76);
    assertThat(messages.toString())
        .contains("was lost before the command ended: the session was lost");
  }

  @Test
  void a_release_without_an_answer_leaves_the_commands_exit_code() {
    lock.releasing = new HeldLock.Releasing.Unknown("no node answered");
    assertThat(run(LONG, "sh", "-c", "exit 3")).isEqualTo(3);
    assertThat(messages.toString()).contains("is not yet released: no node answered");
  }

  @Test
  void signals_go_to_the_command_and_are_waited_for() throws Exception {
    String script =
        "trap 'exit 42' TERM; : > " + path("started") + "; while :; do sleep 0.05; done";
    CompletableFuture<Integer> exitCode = running(LONG, "sh", "-c", script);
    awaitFile("started");
    signals.send(PosixSignal.TERM);
    assertThat(exitCode.get()).isEqualTo(42);
    assertThat(lock.released).isTrue();
  }

  @Test
  void control_c_on_a_terminal_is_not_sent_twice() throws Exception {
    signals.keyboard = true;
    String script =
        "trap 'echo twice > "
            + path("int")
            + "' INT; trap 'exit 9' TERM; : > "
            + path("started")
            + "; while :; do sleep 0.05; done";
    CompletableFuture<Integer> exitCode = running(LONG, "sh", "-c", script);
    awaitFile("started");
    signals.send(PosixSignal.INT);
    signals.send(PosixSignal.TERM);
    assertThat(exitCode.get()).isEqualTo(9);
    assertThat(folder.resolve("int")).doesNotExist();
  }

  @Test
  void a_signal_while_it_looks_for_a_node_counts_as_that_signal() {
    Screen screen =
        new Screen(
            new PrintWriter(new StringWriter()), new PrintWriter(messages, true), false, false);
    LockedRun run = new LockedRun("orders/42", List.of("true"), LONG, screen, signals);
    Locker interrupted =
        () -> {
          signals.send(PosixSignal.INT);
          throw new Failure(ExitCode.UNAVAILABLE, "interrupted", "");
        };
    assertThat(run.run(interrupted)).isEqualTo(130);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void a_signal_while_it_waits_for_the_lock_gives_up_the_wait() throws Exception {
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    CountDownLatch waiting = new CountDownLatch(1);
    Screen screen =
        new Screen(
            new PrintWriter(new StringWriter()), new PrintWriter(messages, true), false, false);
    LockedRun run = new LockedRun("orders/42", List.of("true"), LONG, screen, signals);
    Locker never =
        () -> {
          waiting.countDown();
          new CountDownLatch(1).await();
          return lock;
        };
    Thread.ofPlatform().daemon().start(() -> exitCode.complete(run.run(never)));
    waiting.await();
    signals.send(PosixSignal.TERM);
    assertThat(exitCode.get()).isEqualTo(143);
    assertThat(lock.released).isFalse();
  }
}
