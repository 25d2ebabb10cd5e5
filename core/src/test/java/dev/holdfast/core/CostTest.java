package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What a step costs, counted in waiting requests that it looks at, with a hundred thousand of them
 * about.
 */
class CostTest {
  private static final int WAITERS = 100_000;
  private static final int SESSIONS = 100;

  private final Script script = new Script();

  @Test
  void hand_off_looks_at_the_next_waiter_only() {
    openSessions();
    script.run("preempt h#1 x");
    for (int i = 0; i < WAITERS; i++) {
      script.run("acquire " + waiter(i) + " x");
    }
    long token = holderOf("x");
    assertThat(looksOf("release h#2 token=" + token)).isEqualTo(1);
    assertThat(script.machine().waitingCount()).isEqualTo(WAITERS - 1);
    // The one that came in now is looked at, stays where it is, and costs the others nothing.
    assertThat(looksOf("acquire h#3 x")).isZero();
    assertThat(looksOf("cancel h#3")).isLessThanOrEqualTo(1);
  }

  @Test
  void release_elsewhere_below_a_root_looks_at_nobody_who_waits_for_other_leaves() {
    openSessions();
    script.run("preempt h#1 root/other");
    for (int i = 0; i < WAITERS; i++) {
      String holder = "preempt " + holder(i) + " root/leaf" + i;
      script.run(holder);
      script.run("acquire " + waiter(i) + " root/leaf" + i);
    }
    assertThat(script.machine().waitingCount()).isEqualTo(WAITERS);
    assertThat(looksOf("release h#2 token=" + holderOf("root/other"))).isZero();
    assertThat(looksOf("cancel " + waiter(5))).isZero();
    assertThat(looksOf("release " + sessionOf(7) + "#90000 token=" + holderOf("root/leaf7")))
        .isEqualTo(1);
  }

  @Test
  void waiters_that_each_hold_another_lock_cost_no_more() {
    openSessions();
    script.run("preempt h#1 x");
    for (int i = 0; i < WAITERS; i++) {
      script.run("preempt " + holder(i) + " own" + i + " owner=o" + i);
      script.run("acquire " + waiter(i) + " x owner=o" + i);
    }
    assertThat(script.machine().waitingCount()).isEqualTo(WAITERS);
    assertThat(looksOf("release h#2 token=" + holderOf("x"))).isEqualTo(1);
    assertThat(looksOf("release " + sessionOf(9) + "#90000 token=" + holderOf("own9"))).isZero();
  }

  @Test
  void readers_behind_a_writer_are_looked_at_once_each_when_they_are_granted() {
    openSessions();
    script.run("preempt h#1 x");
    for (int i = 0; i < 1_000; i++) {
      script.run("acquire " + waiter(i) + " x:S");
    }
    script.run("acquire h#2 x owner=late");
    assertThat(looksOf("release h#3 token=" + holderOf("x"))).isEqualTo(1_001);
  }

  private long looksOf(String line) {
    long before = script.machine().waitingLooks();
    script.run(line);
    return script.machine().waitingLooks() - before;
  }

  private long holderOf(String name) {
    LockInfo lock = Objects.requireNonNull(script.machine().lock(name, 0));
    return lock.holders().getFirst().token();
  }

  private void openSessions() {
    script.run("open h ttl=60s locks=1000000");
    for (int i = 0; i < SESSIONS; i++) {
      script.run("open " + sessionOf(i) + " ttl=60s locks=1000000");
    }
  }

  private static String sessionOf(int i) {
    return "s" + i % SESSIONS;
  }

  private static String waiter(int i) {
    return sessionOf(i) + "#" + (1 + 2 * (i / SESSIONS));
  }

  private static String holder(int i) {
    return sessionOf(i) + "#" + (2 + 2 * (i / SESSIONS));
  }
}
