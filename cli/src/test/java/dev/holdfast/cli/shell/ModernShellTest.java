package dev.holdfast.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.FakeCluster;
import dev.holdfast.cli.command.Globals;
import dev.holdfast.cli.command.Invocation;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.session.SessionState;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The shell's lines, one by one, against a session and a cluster in memory (S2-11). */
@Timeout(60)
class ModernShellTest {
  private final FakeCluster cluster = new FakeCluster();
  private final FakeShellLocks locks = new FakeShellLocks(10_000);
  private final Globals globals = new Globals();
  private final List<String> connectedTo = new ArrayList<>();
  private final List<Duration> timeouts = new ArrayList<>();
  private final Invocation invocation =
      new Invocation(
          globals,
          new Screen(
              new PrintWriter(new StringWriter()),
              new PrintWriter(new StringWriter()),
              false,
              false),
          Map.of(),
          (endpoints, timeout) -> {
            connectedTo.add(endpoints);
            timeouts.add(timeout);
            return cluster;
          });
  private final ShellTree tree = new ShellTree(invocation, locks);
  private final LiveNames names = new LiveNames(invocation);

  @AfterEach
  void endNames() {
    names.close();
  }

  private int run(FakeLines lines) {
    return new ModernShell(tree.on(lines), locks, lines).run();
  }

  private String piped(int exitCode, String... typed) {
    FakeLines lines = new FakeLines(false, typed);
    assertThat(run(lines)).isEqualTo(exitCode);
    return lines.text();
  }

  @Test
  void locks_are_held_listed_and_given_back() {
    assertThat(
            piped(
                0,
                "# a comment",
                "",
                "lock a --and 'b c' --mode S",
                "lock pool --semaphore 2/5",
                "held",
                "unlock 'b c'",
                "held",
                "exit",
                "lock never"))
        .isEqualTo(
            """
            locked 'a', 'b c' with token 101
            locked 'pool' with token 102
            TOKEN  LOCKS      HELD  LEFT  STATE
              101  a:S b c:S  1.5s  9.1s  held
              102  pool:2/5   1.5s  9.1s  held
            released 'a', 'b c' (token 101)
            TOKEN  LOCKS     HELD  LEFT  STATE
              102  pool:2/5  1.5s  9.1s  held
            releasing 1 lock
            """);
  }

  @Test
  void refusals_say_what_to_do_and_the_shell_goes_on() {
    locks.others.add("x");
    assertThat(
            piped(
                1,
                "lock x --try",
                "lock x --wait 3s",
                "lock a",
                "lock a",
                "unlock b",
                "lock",
                "loc a",
                "lock 'a",
                "held -o json"))
        .contains(
            "holdfast: 'x' is not free: held by session 13 (host2 pid 8 bob App)\n"
                + "  next: wait for it",
            "holdfast: 'x' was not free within 3.0s",
            "holdfast: this shell holds 'a' already\n",
            "holdfast: this shell does not hold 'b'\n",
            "holdfast: missing required parameter: 'NAME'\n  next: see: lock --help\n",
            "holdfast: there is no command 'loc'\n  next: did you mean 'lock",
            "holdfast: a quote is not closed\n",
            "\"session\" : 57",
            "\"locks\" : \"a:X\"");
  }

  @Test
  void what_looks_is_what_the_command_line_has() {
    assertThat(piped(0, "who orders/42", "holdfast queue orders/42", "check orders/7", "locks"))
        .contains("host1 pid 7 alice App", "POSITION", "state     held by 2", "orders/7   S");
    assertThat(piped(0, "status")).contains("leader    n1");
    assertThat(piped(0, "info")).contains("node      n1 of cluster orders", "limits.sessions-max");
    assertThat(piped(0, "help")).contains("  lock ", "  held ", "  exit, quit ");
    assertThat(piped(0, "help unlock")).startsWith("Usage: unlock ").contains("Example: unlock");
  }

  @Test
  void options_of_the_shell_are_the_defaults_of_its_commands() {
    new CommandLine(globals).parseArgs("--endpoints", "10.0.0.1:1", "--timeout", "PT2S");
    piped(0, "who a --endpoints 10.0.0.9:9", "who a");
    assertThat(connectedTo).containsExactly("10.0.0.9:9", "10.0.0.1:1");
    assertThat(timeouts).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
  }

  @Test
  void the_prompt_tells_the_state_and_how_much_is_held() {
    FakeLines lines = new FakeLines(true, "lock a --and b", "lock c", "unlock a");
    lines.meanwhile =
        () -> locks.state = lines.prompts.size() > 2 ? SessionState.JEOPARDY : SessionState.HELD;
    assertThat(run(lines)).isZero();
    assertThat(lines.prompts)
        .containsExactly(
            "holdfast [HELD, 0 locks]> ",
            "holdfast [HELD, 2 locks]> ",
            "holdfast [HELD, 3 locks]> ",
            "holdfast [JEOPARDY, 1 lock]> ");
  }

  @Test
  void a_loss_is_announced_at_once_with_the_token() {
    FakeLines lines = new FakeLines(true, "lock a", "held");
    lines.meanwhile =
        () -> {
          if (lines.prompts.size() == 2) {
            ShellLocks.Holding lost = locks.held().get(0);
            locks.news.askedToLetGo(101, "alice", "disk full");
            locks.news.stateChanged(SessionState.HELD, SessionState.JEOPARDY, "no answer");
            locks.state = SessionState.LOST;
            locks.held.clear();
            locks.news.stateChanged(SessionState.JEOPARDY, SessionState.LOST, "no answer");
            locks.news.lost(lost, "the session was lost");
          }
        };
    run(lines);
    assertThat(lines.text())
        .contains(
            "holdfast: asked to let go of 'a' (token 101) by alice: disk full\n",
            "holdfast: session 57 is in JEOPARDY: no answer; what is held is lost in 9.1s unless a"
                + " node answers\n",
            "holdfast: session 57 is LOST: no answer\nholdfast [LOST, 0 locks]> ",
            "holdfast: LOST 'a' (token 101): the session was lost\n",
            "nothing is held by this shell");
  }

  @Test
  void an_interrupt_ends_a_wait_and_nothing_else() {
    locks.others.add("x");
    FakeLines lines = new FakeLines(true, "lock a", "lock x", "held");
    locks.whenWaiting = () -> lines.interrupt.run();
    assertThat(run(lines)).isZero();
    lines.interrupt.run();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(lines.text())
        .contains("gave up waiting for 'x'\nholdfast [HELD, 1 lock]> held\n", "101  a:X")
        .endsWith("releasing 1 lock\n");
  }

  @Test
  void an_interrupted_question_is_no_complaint_about_the_nodes() {
    FakeLines lines = new FakeLines(true, "lock a", "who x", "held");
    cluster.whenAsked = () -> lines.interrupt.run();
    cluster.failure = new Failure(ExitCode.UNAVAILABLE, "n1: Thread interrupted", "");
    assertThat(run(lines)).isZero();
    assertThat(lines.text()).contains("> who x\nholdfast [HELD, 1 lock]> held\n", "101  a:X");
  }

  @Test
  void words_are_proposed_and_names_are_those_of_now() {
    Completion completion = new Completion(tree.names(), names, locks);
    assertThat(completion.propose(List.of("l"), 0)).contains("lock", "unlock", "who", "exit");
    assertThat(completion.propose(List.of("help", ""), 1)).contains("lock");
    assertThat(completion.propose(List.of("who", "ord"), 1)).containsExactly("orders/42");
    assertThat(completion.propose(List.of("lock", "a", "--and", "orders/7"), 3))
        .containsExactly("orders/7");
    assertThat(completion.propose(List.of("lock", "a", "--"), 2)).contains("--wait", "--mode");
    assertThat(completion.propose(List.of("lock", "a", "--mode", ""), 3)).contains("S", "SIX");
    assertThat(completion.propose(List.of("lock", "a", "--wait", ""), 3)).isEmpty();
    assertThat(completion.propose(List.of("held", ""), 1)).isEmpty();
    assertThat(completion.propose(List.of("nonsense", ""), 1)).isEmpty();
    piped(0, "lock mine");
    assertThat(completion.propose(List.of("unlock", ""), 1)).containsExactly("mine");
    assertThat(new Completion(null, names, locks).propose(List.of("orders"), 0))
        .contains("Lock", "orders/42");
    assertThat(timeouts).allMatch(timeout -> timeout.compareTo(Duration.ofMillis(500)) < 0);
  }

  @Test
  void a_cluster_that_does_not_answer_proposes_nothing() {
    cluster.failure = new IllegalStateException("boom");
    assertThat(new Completion(tree.names(), names, locks).propose(List.of("who", ""), 1)).isEmpty();
  }
}
