package dev.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.child.HeldLock;
import dev.holdfast.cli.child.PosixSignal;
import dev.holdfast.cli.child.SignalSource;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** {@code holdfast hold} (S3-38). */
@Timeout(60)
class HoldCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private Consumer<PosixSignal> receiver = signal -> {};
  private boolean released;

  private final SignalSource signals =
      new SignalSource() {
        @Override
        public void subscribe(Consumer<PosixSignal> told) {
          receiver = told;
        }

        @Override
        public boolean keyboardReachesChild() {
          return false;
        }
      };

  private final class Held implements HeldLock {
    @Override
    public long token() {
      return 57;
    }

    @Override
    public CompletionStage<String> lost() {
      return lost;
    }

    @Override
    public Releasing release() {
      released = true;
      return new Releasing.Released();
    }

    @Override
    public void abandon() {}
  }

  private int run(LockCommand.LockerMaker lockers, String... args) {
    Screen screen = new Screen(new PrintWriter(out), new PrintWriter(err, true), false, false);
    Invocation invocation = new Invocation(new Globals(), screen, Map.of(), ClientCluster::new);
    CommandLine line = new CommandLine(new HoldCommand(invocation, lockers, signals));
    Commands.registerConverters(line);
    return line.execute(args);
  }

  @Test
  void it_is_held_until_a_signal_comes() {
    int exitCode =
        run(
            (settings, waiting) ->
                () -> {
                  receiver.accept(PosixSignal.INT);
                  return new Held();
                },
            "a b");
    assertThat(exitCode).isZero();
    assertThat(released).isTrue();
    assertThat(out.toString()).isEqualTo("57\n");
    assertThat(err.toString()).isEqualTo("holdfast: holding 'a b' until ^C\n");
  }

  @Test
  void a_loss_is_told_and_has_a_code_of_its_own() {
    lost.complete("an operator released it");
    assertThat(run((settings, waiting) -> Held::new, "a")).isEqualTo(76);
    assertThat(err.toString()).contains("holdfast: lock 'a' is lost: an operator released it");
    assertThat(released).isFalse();
  }

  @Test
  void a_signal_while_it_waits_ends_it() {
    int exitCode =
        run(
            (settings, waiting) ->
                () -> {
                  receiver.accept(PosixSignal.TERM);
                  new CountDownLatch(1).await();
                  return new Held();
                },
            "a");
    assertThat(exitCode).isEqualTo(143);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void a_signal_while_the_session_is_opened_ends_it_too() {
    int exitCode =
        run(
            (settings, waiting) ->
                () -> {
                  receiver.accept(PosixSignal.INT);
                  throw new Failure(
                      ExitCode.UNAVAILABLE, "interrupted while the session was opened", "");
                },
            "a");
    assertThat(exitCode).isEqualTo(130);
    assertThat(err.toString()).isEmpty();
  }
}
