package dev.holdfast.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.FakeCluster;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import org.junit.jupiter.api.Test;

/**
 * The classic shell, word for word (S2-5: a client names its own lock; S2-6: one lock each; S2-7 to
 * S2-10: what is answered; S2-11: the prompts).
 */
class ClassicShellTest {
  private final FakeCluster cluster = new FakeCluster();
  private final FakeShellLocks locks = new FakeShellLocks(1);

  private String transcript(String... typed) {
    return transcript(new FakeLines(true, typed));
  }

  private String transcript(FakeLines lines) {
    assertThat(new ClassicShell(locks, lines, () -> cluster).run()).isZero();
    return lines.text();
  }

  @Test
  void one_lock_is_had_and_given_back() {
    assertThat(transcript("Lock", "a b", "Lock", "c", "Lock", "a b", "Release", "a b", "exit"))
        .isEqualTo(
            """
            Client id :57
            Please enter your command:Lock
            Lockname >>a b
            Lock operation
            a b>>Lock Status
            Please enter your command:Lock
            Lockname >>c
            Lock operation
            You have already had a Lock !
            Please enter your command:Lock
            Lockname >>a b
            Lock operation
            You have already had a Lock !
            Please enter your command:Release
            Lockname >>a b
            Release operation
            a b>>Release Status
            Please enter your command:exit
            """);
    assertThat(locks.held()).isEmpty();
  }

  @Test
  void a_name_that_another_has_is_told_as_existing() {
    locks.others.add("orders/42");
    assertThat(transcript("Lock", "orders/42", "Status", "orders/42", "Status", "free", "quit"))
        .contains(
            "\norders/42>>This name of Lock have existed.\n",
            "\norders/42>>Lock Status\nOwner information: client id 12, host1 pid 7 alice App, token 57\n",
            "\nThere isn't a lock named>>free\n");
  }

  @Test
  void what_is_not_had_cannot_be_given_back() {
    assertThat(transcript("Release", "orders/42"))
        .contains("\nYou don't have a lock named>>orders/42\n");
    cluster.free = true;
    assertThat(transcript("Release", "orders/42")).contains("\nThere isn't any lock.\n");
  }

  @Test
  void names_are_any_text_in_one_form_and_what_is_no_name_is_said() {
    transcript("Lock", "Zoe\u0308: 鎖 🔒");
    assertThat(locks.held().get(0).demands().get(0).lock()).isEqualTo("Zo\u00eb: 鎖 🔒");
    assertThat(transcript("Lock", "a//b")).contains("empty segment");
    assertThat(transcript("lock", "")).contains("lock is not a valid request. Please entre");
  }

  @Test
  void an_interrupt_between_lines_does_nothing() {
    FakeLines lines = new FakeLines(true, "Lock", "a", "exit");
    lines.meanwhile = () -> lines.interrupt.run();
    assertThat(transcript(lines)).contains("\na>>Lock Status\n");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void an_interrupt_ends_an_operation_and_the_shell_goes_on() {
    FakeLines lines = new FakeLines(true, "Status", "a", "exit");
    cluster.whenAsked = () -> lines.interrupt.run();
    cluster.failure = new Failure(ExitCode.UNAVAILABLE, "n1: Thread interrupted", "");
    assertThat(transcript(lines))
        .contains("\nholdfast: interrupted\n  next: see what has become of it: Status\n")
        .endsWith("Please enter your command:exit\n");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void the_end_of_the_input_leaves_and_a_failure_does_not() {
    assertThat(transcript("Lock")).endsWith("Lockname >>Please enter your command:\n");
    cluster.failure = new IllegalStateException("boom");
    assertThat(transcript("Status", "x", "exit"))
        .contains("holdfast: unexpected", "boom")
        .endsWith("Please enter your command:exit\n");
  }
}
