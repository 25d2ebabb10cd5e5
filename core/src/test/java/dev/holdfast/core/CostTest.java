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
  void lock_above_a_hundred_thousand_locked_ones_costs_its_depth() {
    openSessions();
    for (int i = 0; i < WAITERS; i++) {
      script.run("preempt " + holder(i) + " root/dir/leaf" + i);
    }
    long before = script.machine().state().lockMap.needLooks();
    assertThat(script.run("preempt h#1 root/dir")).startsWith("h#1 HELD_BY_ANOTHER");
    assertThat(script.run("preempt h#2 root/dir/new")).startsWith("h#2 GRANTED");
    assertThat(script.run("acquire h#3 root/dir owner=o")).startsWith("h#3 QUEUED");
    assertThat(looksOf("release h#4 token=h#2")).isZero();
    assertThat(script.run("cancel h#3")).startsWith("h#3 CANCELLED");
    // Each looks at the lock and those above it, two times or three: may it, does it, is it now.
    assertThat(script.machine().state().lockMap.needLooks() - before).isLessThanOrEqualTo(25);
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

  @Test
  void hand_off_of_permits_looks_at_those_that_fit_and_one_more() {
    openSessions();
    script.run("preempt h#1 sem:2/2");
    for (int i = 0; i < WAITERS; i++) {
      script.run("acquire " + waiter(i) + " sem:1/2");
    }
    assertThat(looksOf("release h#2 token=" + holderOf("sem"))).isEqualTo(3);
    assertThat(looksOf("release " + sessionOf(0) + "#90000 token=" + holderOf("sem"))).isEqualTo(2);
  }

  @Test
  void conversion_that_others_wait_behind_is_looked_at_alone() {
    openSessions();
    script.run("preempt h#1 x:S");
    script.run("preempt h#2 x:S owner=o");
    for (int i = 0; i < WAITERS; i++) {
      script.run("acquire " + waiter(i) + " x");
    }
    script.run("convert h#3 x token=h#1");
    // The conversion, and the first of the others before and after it has given its old mode back.
    assertThat(looksOf("release h#4 token=h#2")).isLessThanOrEqualTo(3);
    assertThat(holderOf("x")).isEqualTo(script.machine().revision());
  }

  @Test
  void waiter_that_nobody_waits_for_is_searched_from_in_a_few_steps() {
    openSessions();
    script.run("preempt h#1 x");
    for (int i = 0; i < WAITERS; i++) {
      script.run("preempt " + holder(i) + " own" + i + " owner=o" + i);
      long before = script.machine().deadlockLooks();
      script.run("acquire " + waiter(i) + " x owner=o" + i);
      assertThat(script.machine().deadlockLooks() - before).isLessThanOrEqualTo(10);
    }
    // The holder itself begins to wait, for somebody who runs: one edge ahead, many behind.
    script.run("preempt h#2 y owner=free");
    long before = script.machine().deadlockLooks();
    script.run("acquire h#3 y owner=t1");
    assertThat(script.machine().deadlockLooks() - before).isLessThanOrEqualTo(10);
    assertThat(script.machine().deadlocks()).isEmpty();
  }

  @Test
  void waiters_who_lose_what_is_no_matter_to_their_requests_are_not_searched_from() {
    openSessions();
    script.run("preempt h#1 jobs/x");
    for (int i = 0; i < 1_000; i++) {
      script.run("preempt " + holder(i) + " jobs/own" + i + " lease=5s owner=o" + i);
      script.run("acquire " + waiter(i) + " jobs/x owner=o" + i);
    }
    long before = script.machine().deadlockLooks();
    script.run("tick +6s");
    assertThat(script.machine().grantCount()).isEqualTo(1);
    assertThat(script.machine().deadlockLooks() - before).isZero();
  }

  @Test
  void search_between_two_long_queues_costs_their_length() {
    openSessions();
    script.run("preempt h#1 x owner=h");
    script.run("preempt h#2 y owner=g");
    for (int i = 0; i < 10_000; i++) {
      script.run("acquire " + waiter(i) + " x owner=x" + i);
      script.run("acquire " + holder(i) + " y owner=y" + i);
    }
    long before = script.machine().deadlockLooks();
    assertThat(script.run("acquire h#3 y owner=h")).startsWith("h#3 QUEUED");
    assertThat(script.machine().deadlockLooks() - before).isLessThanOrEqualTo(100_000);
    assertThat(script.machine().deadlocks()).isEmpty();
  }

  @Test
  void crowd_that_has_to_pass_one_writer_is_walked_once() {
    openSessions();
    script.run("preempt h#1 x:S owner=first");
    script.run("preempt h#2 other owner=g");
    for (int i = 0; i < 10_000; i++) {
      script.run("preempt " + holder(i) + " z:S owner=r" + i);
    }
    script.run("acquire h#3 x owner=writer");
    for (int i = 0; i < 10_000; i++) {
      script.run("acquire " + waiter(i) + " x:S,other:S owner=r" + i);
    }
    long before = script.machine().deadlockLooks();
    assertThat(script.run("acquire h#4 z owner=first")).startsWith("h#4 QUEUED");
    assertThat(script.machine().state().passings.size()).isEqualTo(10_000);
    assertThat(script.machine().deadlockLooks() - before).isLessThanOrEqualTo(200_000);
  }

  @Test
  void stall_among_crowds_that_wait_for_crowds_takes_no_square() {
    openSessions();
    script.run("preempt h#1 y owner=late");
    for (int i = 0; i < 10_000; i++) {
      script.run("preempt " + holder(i) + " x:S owner=reader" + i);
    }
    for (int i = 0; i < 10_000; i++) {
      script.run("acquire " + waiter(i) + " x owner=writer" + i);
    }
    script.run("acquire h#2 x:S owner=late");
    // Ten thousand wait for ten thousand and for each other; a reader waits for who is behind them.
    assertThat(script.run("acquire s0#99999 y owner=reader0")).contains("h#2 GRANTED");
    assertThat(script.machine().deadlocks()).isEmpty();
  }

  @Test
  void request_that_has_to_pass_a_whole_queue_does_so_in_one_step() {
    openSessions();
    script.run("preempt h#1 x:S owner=h");
    script.run("preempt s0#2 z owner=r");
    for (int i = 1; i < 10_000; i++) {
      script.run("acquire " + waiter(i) + " x");
    }
    script.run("acquire s0#4 x:S owner=r");
    assertThat(script.run("acquire h#2 z owner=h")).contains("s0#4 GRANTED");
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
