package dev.holdfast.server.lint;

import static dev.holdfast.server.lint.Machine.permits;
import static dev.holdfast.server.lint.Machine.s;
import static dev.holdfast.server.lint.Machine.x;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockOrdersTest {
  private static final int ALL = 1_000;

  private LockOrders orders = new LockOrders(LintLimits.NODE, this::label);
  private final Machine machine = new Machine((applied, entry) -> orders.onApplied(applied, entry));
  private final long one = machine.open("one");
  private final long two = machine.open("two");
  private final long three = machine.open("three");

  private String label(long session) {
    return machine.label(session);
  }

  private void inOrder(long session, Demand first, Demand second) {
    long held = machine.take(session, first);
    machine.release(session, machine.take(session, second));
    machine.release(session, held);
  }

  private List<String> findings() {
    return OrderCycles.in(orders.seen().orders(), ALL, LintLimits.NODE.steps()).cycles().stream()
        .map(cycle -> cycle.orders().stream().map(LockOrdersTest::text).toList().toString())
        .toList();
  }

  private static String text(Order order) {
    return order.last().label() + " " + order.held().lock() + ">" + order.wanted().lock();
  }

  @Test
  void opposite_orders_that_never_met_are_found_with_both_labels() {
    inOrder(one, x("a"), x("b"));
    assertThat(findings()).isEmpty();
    inOrder(two, x("b"), x("a"));
    assertThat(findings()).containsExactly("[one a>b, two b>a]");
    assertThat(orders.seen().sinceRevision()).isEqualTo(one);
  }

  @Test
  void readers_of_the_first_or_of_the_second_lock_are_in_nobodys_way() {
    inOrder(one, s("a"), s("b"));
    inOrder(two, s("b"), s("a"));
    inOrder(three, s("a"), x("b"));
    assertThat(findings()).isEmpty();
    inOrder(one, s("b"), x("a"));
    assertThat(findings()).containsExactly("[three a>b, one b>a]");
  }

  @Test
  void locks_of_one_request_have_no_order() {
    machine.release(one, machine.take(one, x("a"), x("b")));
    machine.release(two, machine.take(two, x("b"), x("a")));
    assertThat(orders.seen().orders()).isEmpty();
  }

  @Test
  void what_a_preempt_asks_for_is_no_second_lock_but_what_it_gets_is_a_first_one() {
    inOrder(one, x("a"), x("b"));
    long held = machine.take(two, x("b"));
    long preempted = machine.acquire(two, "main", 0, List.of(x("a"))).getGranted().getToken();
    machine.release(two, held);
    assertThat(findings()).isEmpty();
    machine.release(two, machine.take(two, x("c")));
    machine.release(two, preempted);
    inOrder(three, x("c"), x("a"));
    assertThat(findings()).containsExactly("[two a>c, three c>a]");
  }

  @Test
  void two_who_read_and_both_want_to_write_are_found() {
    for (long session : List.of(one, two)) {
      long read = machine.take(session, s("a"));
      long written = machine.convert(session, read, -1, x("a")).getGranted().getToken();
      machine.release(session, written);
    }
    assertThat(findings()).containsExactly("[two a>a]");
    assertThat(orders.seen().orders().getFirst().first().label()).isEqualTo("one");
  }

  @Test
  void whole_trees_and_their_parts_are_known_to_exclude_each_other() {
    inOrder(one, x("tree/leaf"), x("b"));
    inOrder(two, x("b"), x("tree"));
    assertThat(findings()).containsExactly("[two b>tree, one tree>b]");
  }

  @Test
  void permits_count_as_in_each_others_way() {
    inOrder(one, permits("pool", 1, 2), x("a"));
    inOrder(two, x("a"), permits("pool", 1, 2));
    assertThat(findings()).containsExactly("[two a>pool, one pool>a]");
  }

  @Test
  void orders_under_a_lock_that_both_have_are_harmless() {
    for (long session : List.of(one, two)) {
      long gate = machine.take(session, x("gate"));
      inOrder(session, x(session == one ? "a" : "b"), x(session == one ? "b" : "a"));
      machine.release(session, gate);
    }
    assertThat(findings()).isEmpty();
    inOrder(one, x("a"), x("b"));
    assertThat(findings()).containsExactly("[one a>b, two b>a]");
  }

  @Test
  void a_circle_of_three_is_found() {
    inOrder(one, x("a"), x("b"));
    inOrder(two, x("b"), x("c"));
    inOrder(three, x("c"), x("a"));
    assertThat(findings()).containsExactly("[one a>b, two b>c, three c>a]");
  }

  @Test
  void what_had_to_wait_counts_from_its_beginning() {
    long held = machine.take(one, x("b"));
    machine.take(two, x("a"));
    machine.acquire(two, "main", -1, List.of(x("b")));
    assertThat(orders.seen().orders()).extracting(LockOrdersTest::text).containsExactly("two a>b");
    machine.release(one, held);
    assertThat(orders.seen().orders().getFirst().times()).isEqualTo(1);
  }

  @Test
  void what_was_seen_the_longest_ago_is_forgotten_and_counted() {
    orders = new LockOrders(new LintLimits(2, 10, 8, 8, 1_000), this::label);
    inOrder(one, x("a"), x("b"));
    inOrder(one, x("c"), x("d"));
    inOrder(one, x("a"), x("b"));
    inOrder(one, x("e"), x("f"));
    assertThat(orders.seen().orders())
        .extracting(LockOrdersTest::text)
        .containsExactly("one a>b", "one e>f");
    assertThat(orders.seen().ordersForgotten()).isEqualTo(1);
  }

  @Test
  void after_a_snapshot_nobody_counts_as_a_holder_and_the_gap_is_told() {
    machine.take(one, x("a"));
    orders.onRestored(50);
    machine.release(one, machine.take(one, x("b")));
    assertThat(orders.seen().orders()).isEmpty();
    assertThat(orders.seen().gaps()).isEqualTo(1);
    LockOrders fresh = new LockOrders(LintLimits.NODE, this::label);
    fresh.onRestored(50);
    assertThat(fresh.seen().sinceRevision()).isEqualTo(51);
    assertThat(fresh.seen().gaps()).isZero();
  }
}
