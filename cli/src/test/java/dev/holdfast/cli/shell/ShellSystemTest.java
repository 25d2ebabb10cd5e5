package dev.holdfast.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.cli.child.PosixSignal;
import dev.holdfast.cli.local.ChildJvm;
import dev.holdfast.cli.local.LocalCluster;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.LockCheck;
import dev.holdfast.protocol.FencingToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shells in processes of their own, at a real node. */
@Timeout(180)
class ShellSystemTest {
  private static final int INTERRUPTS = 300;

  @TempDir static Path folder;

  private static LocalCluster cluster;

  @BeforeAll
  static void start() throws InterruptedException {
    cluster = LocalCluster.prepare(folder, 1, ChildJvm.Tuning.QUICK_START, new Random());
    cluster.nodes().forEach(node -> node.start());
    cluster.awaitLeader(Duration.ofSeconds(60));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static LockCheck check(String lock) {
    return cluster.admin().check(lock, Consistency.LINEARIZABLE, 10);
  }

  /** Without what differs from run to run. */
  private static String golden(String text) {
    return text.replace("\r", "")
        .replaceAll("Client id :\\d+", "Client id :N")
        .replaceAll("client id \\d+, .*, token \\d+", "client id N, WHO, token N")
        .replaceAll("token \\d+", "token N");
  }

  private static final String COMMAND = "Please enter your command:";

  private static void ask(ShellProcess shell, String command, String name) throws IOException {
    shell.type(command + "\n");
    shell.expect("Lockname >>");
    shell.type(name + "\n");
    shell.expect(COMMAND);
  }

  /**
   * S2-5 to S2-11, S2-14: two clients of one server lock, look and release, prompt by prompt, as
   * the figures of that system show it.
   */
  @Test
  void two_classic_clients_say_what_they_always_said() throws Exception {
    try (ShellProcess first = ShellProcess.piped(cluster.endpoints(), "--classic");
        ShellProcess second = ShellProcess.piped(cluster.endpoints(), "--classic")) {
      first.expect(COMMAND);
      second.expect(COMMAND);
      ask(first, "Status", "my lock");
      ask(first, "Lock", "my lock");
      ask(first, "Lock", "鎖");
      ask(second, "Lock", "my lock");
      ask(second, "Status", "my lock");
      ask(second, "Release", "my lock");
      ask(first, "Release", "my lock");
      ask(second, "Release", "my lock");
      ask(second, "Lock", "鎖");
      assertThat(golden(first.end()))
          .isEqualTo(
              """
              Client id :N
              Please enter your command:Lockname >>Check the lock status
              There isn't a lock named>>my lock
              Please enter your command:Lockname >>Lock operation
              my lock>>Lock Status
              Please enter your command:Lockname >>Lock operation
              You have already had a Lock !
              Please enter your command:Lockname >>Release operation
              my lock>>Release Status
              Please enter your command:
              """);
      second.type("quit\n");
      assertThat(golden(second.end()))
          .isEqualTo(
              """
              Client id :N
              Please enter your command:Lockname >>Lock operation
              my lock>>This name of Lock have existed.
              Please enter your command:Lockname >>Check the lock status
              my lock>>Lock Status
              Owner information: client id N, WHO, token N
              Please enter your command:Lockname >>Release operation
              You don't have a lock named>>my lock
              Please enter your command:Lockname >>Release operation
              There isn't any lock.
              Please enter your command:Lockname >>Lock operation
              鎖>>Lock Status
              Please enter your command:""");
      assertThat(first.exitCode()).isZero();
      assertThat(second.exitCode()).isZero();
    }
    assertThat(check("鎖").isFree()).isTrue();
  }

  /** S2-11: the same over pipes, in the words of this system; the end of the input releases all. */
  @Test
  void a_script_locks_looks_and_leaves_nothing_behind() throws Exception {
    try (ShellProcess shell = ShellProcess.piped(cluster.endpoints())) {
      shell.type("lock s/1 --and s/2 --mode S\nlock s/3 --wait 3s\n");
      shell.expect("locked 's/3'");
      assertThat(check("s/2").holders()).hasSize(1);
      shell.type("unlock s/3\nunlock s/3\nlocks s/\n");
      assertThat(
              golden(shell.end())
                  .lines()
                  .filter(line -> !line.contains("  ") || line.startsWith("  ")))
          .containsExactly(
              "locked 's/1', 's/2' with token N",
              "locked 's/3' with token N",
              "released 's/3' (token N)",
              "holdfast: this shell does not hold 's/3'",
              "  next: what it holds: held; who holds it: who 's/3'",
              "releasing 2 locks");
      assertThat(shell.exitCode()).isEqualTo(1);
    }
    assertThat(check("s/1").isFree()).isTrue();
  }

  /** A shell that is ended by a signal releases what it holds. */
  @Test
  void a_shell_that_is_asked_to_end_releases_all() throws Exception {
    try (ShellProcess shell = ShellProcess.piped(cluster.endpoints(), "--ttl=60s")) {
      shell.type("lock ended\n");
      shell.expect("locked 'ended'");
      PosixSignal.TERM.sendTo(shell.pid());
      assertThat(shell.exitCode()).isEqualTo(143);
    }
    assertThat(check("ended").isFree()).isTrue();
  }

  /** S2-11 on a terminal: prompt, ^C, completion of a live name, loss above the prompt, ^D. */
  @Test
  void on_a_terminal_a_person_is_told_at_once() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")),
        "there is no script(1) here, which makes a terminal");
    try (ShellProcess other = ShellProcess.piped(cluster.endpoints());
        ShellProcess shell = ShellProcess.onTerminal(folder, cluster.endpoints())) {
      other.type("lock t/taken\n");
      other.expect("locked 't/taken'");
      shell.expect("holdfast [HELD, 0 locks]> ");
      shell.type("lock t/mine\r");
      shell.expect("locked 't/mine' with token ");
      shell.expect("holdfast [HELD, 1 lock]> ");
      shell.type("lock t/taken\r");
      shell.expect("1st of 1 for 't/taken'");
      shell.type("\u0003");
      shell.expect("gave up waiting for 't/taken'");
      shell.expect("holdfast [HELD, 1 lock]> ");
      // The request is taken back in the background.
      await().until(() -> check("t/taken").queue().isEmpty());
      shell.type("who t/ta\t\r");
      shell.expect("SESSION LEFT");
      shell.expect("shell");
      shell.expect("holdfast [HELD, 1 lock]> ");
      shell.type("half a line\u0003");
      shell.expect("holdfast [HELD, 1 lock]> ");
      long token = check("t/mine").holders().get(0).token();
      cluster.admin().forceRelease("t/mine", new FencingToken(token), "alice", "stuck", false);
      shell.expect("LOST 't/mine' (token " + token + "): an operator released it");
      // The prompt was mended in place, letter by letter; the next one is written whole.
      shell.type("\r");
      shell.expect("holdfast [HELD, 0 locks]> ");
      shell.type("\u0004");
      String heard = shell.end();
      assertThat(shell.exitCode()).as(ShellProcess.lastOf(heard)).isZero();
      other.type("exit\n");
      other.end();
    }
    assertThat(Files.readString(folder.resolve("holdfast/shell_history"))).contains("lock t/mine");
  }

  /** ^C comes when it wants: before a prompt, after it, and while it is changed. */
  @Test
  void at_no_moment_does_an_interrupt_end_a_shell_that_holds_something() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")),
        "there is no script(1) here, which makes a terminal");
    try (ShellProcess shell = ShellProcess.onTerminal(folder, cluster.endpoints())) {
      shell.expect("holdfast [HELD, 0 locks]> ");
      shell.type("lock kept\r");
      shell.expect("locked 'kept' with token ");
      for (int i = 0; i < INTERRUPTS; i++) {
        shell.type("\u0003");
        shell.expect("holdfast [HELD, 1 lock]> ");
      }
      // The last ^C may still be on its way, and takes what was typed before it came along.
      String said;
      do {
        shell.type("held\r");
        said = shell.expect("holdfast [HELD, 1 lock]> ");
      } while (!said.contains("kept"));
      shell.type("exit\r");
      String heard = shell.end();
      assertThat(heard).contains("releasing 1 lock");
      assertThat(shell.exitCode()).as(ShellProcess.lastOf(heard)).isZero();
    }
    assertThat(check("kept").isFree()).isTrue();
  }
}
