package dev.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.child.HeldLock;
import dev.holdfast.cli.child.PosixSignal;
import dev.holdfast.cli.child.SignalSource;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Demand;
import dev.holdfast.client.Mode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LockCommandTest {
  @TempDir private Path folder;

  private final List<ClientLocker.Settings> asked = new ArrayList<>();
  private final StringWriter messages = new StringWriter();

  private static final class NoSignals implements SignalSource {
    @Override
    public void subscribe(Consumer<PosixSignal> receiver) {}

    @Override
    public boolean keyboardReachesChild() {
      return false;
    }
  }

  private record Granted(long token) implements HeldLock {
    @Override
    public void abandon() {}

    @Override
    public CompletionStage<String> lost() {
      return new CompletableFuture<>();
    }

    @Override
    public Releasing release() {
      return new Releasing.Released();
    }
  }

  private int run(LockCommand.LockerMaker lockers, String... args) {
    Screen screen =
        new Screen(
            new PrintWriter(new StringWriter()), new PrintWriter(messages, true), true, false);
    Invocation invocation = new Invocation(new Globals(), screen, Map.of(), ClientCluster::new);
    CommandLine line = new CommandLine(new LockCommand(invocation, lockers, new NoSignals()));
    Commands.registerConverters(line);
    line.setExecutionExceptionHandler(
        (problem, command, result) -> ErrorReport.of(problem).exitCode().number());
    return line.execute(args);
  }

  private int run(String... args) {
    return run(
        (settings, waiting) -> {
          asked.add(settings);
          return () -> new Granted(57);
        },
        args);
  }

  @Test
  void by_default_it_waits_without_limit_for_the_whole_lock() {
    assertThat(run("orders/42", "--", "true")).isZero();
    ClientLocker.Settings settings = asked.getFirst();
    assertThat(settings.request().demands().getFirst().lock()).isEqualTo("orders/42");
    assertThat(settings.request().demands().getFirst().mode()).isEqualTo(Mode.X);
    assertThat(settings.request().waitAtMost()).isNull();
    assertThat(settings.mayWait()).isTrue();
    assertThat(settings.ttl()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.label()).endsWith(": true").contains("pid ");
  }

  @Test
  void options_reach_the_request() {
    assertThat(run("orders/42", "--shared", "--wait", "30s", "--ttl", "1m", "--", "true")).isZero();
    ClientLocker.Settings settings = asked.getFirst();
    assertThat(settings.request().demands().getFirst().mode()).isEqualTo(Mode.S);
    assertThat(settings.request().waitAtMost()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.ttl()).isEqualTo(Duration.ofMinutes(1));
    assertThat(run("orders/42", "--try", "--", "true")).isZero();
    assertThat(asked.getLast().mayWait()).isFalse();
  }

  @Test
  void modes_permits_and_terms_reach_the_request() {
    assertThat(
            run(
                "a",
                "--and",
                "b",
                "--mode",
                "SIX",
                "--lease",
                "10m",
                "--at-least",
                "1h",
                "--lock-delay",
                "30s",
                "--gated",
                "--priority",
                "7",
                "--",
                "true"))
        .isZero();
    AcquireRequest request = asked.getLast().request();
    assertThat(request.demands())
        .containsExactly(new Demand("a", Mode.SIX), new Demand("b", Mode.SIX));
    assertThat(request.lease()).isEqualTo(Duration.ofMinutes(10));
    assertThat(request.atLeast()).isEqualTo(Duration.ofHours(1));
    assertThat(request.lockDelay()).isEqualTo(Duration.ofSeconds(30));
    assertThat(request.gated()).isTrue();
    assertThat(request.priority()).isEqualTo(7);
    assertThat(run("pool", "--semaphore", "2/5", "--", "true")).isZero();
    assertThat(asked.getLast().request().demands()).containsExactly(Demand.permits("pool", 2, 5));
  }

  @Test
  void what_contradicts_itself_is_a_wrong_command_line() {
    assertThat(run("a", "--shared", "--mode", "X", "--", "true")).isEqualTo(64);
    assertThat(run("a", "--semaphore", "2", "--", "true")).isEqualTo(64);
    assertThat(run("a", "--semaphore", "3/2", "--", "true")).isEqualTo(64);
    assertThat(run("a", "--at-least", "2d", "--", "true")).isEqualTo(64);
    assertThat(asked).isEmpty();
  }

  @Test
  void everything_behind_the_dashes_is_the_commands() {
    String out = folder.resolve("out").toString();
    assertThat(run("x", "--", "sh", "-c", "echo \"$@\" > " + out, "sh", "--try", "--", "-o"))
        .isZero();
    assertThat(Path.of(out)).hasContent("--try -- -o");
  }

  @Test
  void a_lock_that_is_not_free_is_75_and_nothing_runs() {
    String out = folder.resolve("out").toString();
    LockCommand.LockerMaker busy =
        (settings, waiting) ->
            () -> {
              waiting.began("x");
              throw new Failure(ExitCode.NOT_ACQUIRED, "'x' is not free", "wait for it");
            };
    assertThat(run(busy, "x", "--", "touch", out)).isEqualTo(75);
    assertThat(Path.of(out)).doesNotExist();
    assertThat(messages.toString()).contains("waiting for 'x'");
  }

  @Test
  void a_long_command_and_odd_characters_make_a_short_and_plain_label() {
    String label = CommandLabel.of(List.of("echo", "tab\there", "ünï", "x".repeat(500)));
    assertThat(label).contains("echo tab?here ?n? xxx").endsWith("...").hasSizeLessThan(256);
  }
}
