package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.v1.QueueNews;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueNewsDeskTest {
  private static final long SECOND = 1_000_000_000;

  private final NewsBench bench = new NewsBench(QueueNewsLimits.NODE);
  private final NewsBench.Session holder = bench.open();

  private static QueueNewsLimits small(int near, int burst, int newsPerRound) {
    return new QueueNewsLimits(
        5, 3, near, 1_000, SECOND, burst, 50_000_000, newsPerRound, 5_000_000);
  }

  private List<NewsBench.Session> waiting(NewsBench on, int count, String lock) {
    List<NewsBench.Session> waiters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      NewsBench.Session waiter = on.open();
      waiter.acquireWithNews(lock);
      waiters.add(waiter);
    }
    return waiters;
  }

  @Test
  void each_is_told_its_place_and_every_change_of_it() {
    holder.acquire("a");
    List<NewsBench.Session> three = waiting(bench, 3, "a");
    bench.settle();
    assertThat(three.get(0).told()).containsExactly("1/3");
    assertThat(three.get(2).told()).containsExactly("3/3");
    bench.settle();
    assertThat(three.get(2).told()).isEmpty();
    holder.release();
    bench.settle();
    assertThat(three.get(1).told()).containsExactly("2/3", "1/2");
    assertThat(three.get(2).told()).containsExactly("2/2");
  }

  @Test
  void who_is_granted_hears_no_more_and_the_others_hear_of_the_new_holder() {
    holder.acquire("a");
    List<NewsBench.Session> two = waiting(bench, 2, "a");
    bench.settle();
    two.forEach(NewsBench.Session::told);
    holder.release();
    bench.settle();
    assertThat(two.get(0).told()).isEmpty();
    QueueNews news = two.get(1).news.get(0);
    assertThat(news.getHolder().getSessionId()).isEqualTo(two.get(0).id);
    assertThat(news.getHolder().getLabel()).isEqualTo("label 1");
    assertThat(two.get(1).told()).containsExactly("1/1");
    two.get(0).release();
    assertThat(bench.desk.count()).isZero();
  }

  @Test
  void the_estimate_is_absent_until_a_turn_was_seen_and_then_their_average() {
    holder.acquire("a");
    List<NewsBench.Session> four = waiting(bench, 4, "a");
    bench.settle();
    assertThat(four.get(3).news.get(0).hasEstimateMillis()).isFalse();
    four.get(3).told();
    bench.advanceMillis(1_000);
    holder.release();
    bench.settle();
    assertThat(four.get(3).news.get(0).getEstimateMillis()).isEqualTo(3_000);
    four.get(3).told();
    bench.advanceMillis(2_000);
    four.get(0).release();
    bench.settle();
    // A quarter of 2,000 and three of 1,000: 1,250 for each of two.
    assertThat(four.get(3).news.get(0).getEstimateMillis()).isEqualTo(2_500);
  }

  @Test
  void of_several_locks_the_one_is_told_that_will_keep_it_the_longest() {
    holder.acquire("a", "b");
    waiting(bench, 2, "b");
    NewsBench.Session both = bench.open();
    both.acquireWithNews("a", "b");
    bench.settle();
    assertThat(both.news.get(both.news.size() - 1).getLock()).isEqualTo("b");
    assertThat(both.news.get(both.news.size() - 1).getPosition()).isEqualTo(3);
  }

  @Test
  void whoever_leaves_moves_the_others_up() {
    holder.acquire("a");
    NewsBench.Session first = bench.open();
    long sequence = first.acquire("a");
    List<NewsBench.Session> two = waiting(bench, 2, "a");
    bench.settle();
    assertThat(two.get(1).told()).containsExactly("3/3");
    first.cancel(sequence);
    bench.settle();
    assertThat(two.get(1).told()).containsExactly("2/2");
  }

  @Test
  void after_a_reconnect_and_after_a_snapshot_it_goes_on() {
    holder.acquire("a");
    NewsBench.Session waiter = bench.open();
    long sequence = waiter.acquireWithNews("a");
    bench.settle();
    assertThat(waiter.told()).containsExactly("1/1");
    waiter.reconnect();
    bench.pending.expect(waiter.id, sequence, false);
    waiter.wish(sequence);
    bench.settle();
    assertThat(waiter.told()).containsExactly("1/1");
    NewsBench.Session another = bench.open();
    another.acquire("a");
    bench.desk.onRestored();
    bench.settle();
    assertThat(waiter.told()).containsExactly("1/2");
  }

  @Test
  void wishes_beyond_the_limits_are_declined() {
    NewsBench few = new NewsBench(small(10, 10, 100));
    few.open().acquire("a");
    NewsBench.Session greedy = few.open();
    for (int i = 0; i < 4; i++) {
      greedy.acquireWithNews("a");
    }
    few.settle();
    assertThat(greedy.told()).contains("declined");
    List<NewsBench.Session> three = waiting(few, 3, "a");
    few.settle();
    assertThat(three.get(1).told()).containsExactly("6/7");
    assertThat(three.get(2).told()).containsExactly("declined");
    assertThat(few.desk.count()).isEqualTo(5);
  }

  @Test
  void farther_places_are_told_once_a_second() {
    NewsBench near = new NewsBench(small(1, 100, 100));
    NewsBench.Session first = near.open();
    first.acquire("a");
    List<NewsBench.Session> four = waiting(near, 4, "a");
    near.settle();
    assertThat(four.get(3).told()).containsExactly("4/4");
    for (int i = 0; i < 4; i++) {
      near.advanceMillis(100);
      (i == 0 ? first : four.get(i - 1)).release();
      near.settle();
    }
    // The second and the third were told when they came to the first place.
    assertThat(four.get(2).told()).containsExactly("3/4", "1/2");
    assertThat(four.get(3).told()).isEqualTo(List.of("1/1"));
  }

  @Test
  void a_line_that_changes_all_the_time_is_looked_at_only_so_often() {
    NewsBench busy = new NewsBench(small(10, 2, 100));
    busy.open().acquire("a");
    NewsBench.Session waiter = waiting(busy, 1, "a").get(0);
    busy.settle();
    waiter.told();
    for (int i = 0; i < 10; i++) {
      busy.open().acquire("a");
      busy.settle();
    }
    assertThat(waiter.told()).containsExactly("1/2", "1/3");
    long due = busy.desk.nanosUntilDue(busy.clock.nanoTime());
    assertThat(due).isPositive().isLessThanOrEqualTo(50_000_000);
    busy.advanceMillis(50);
    busy.settle();
    assertThat(waiter.told()).containsExactly("1/11");
    assertThat(busy.desk.nanosUntilDue(busy.clock.nanoTime())).isGreaterThan(0);
  }

  @Test
  void a_round_tells_only_so_much_and_the_next_one_goes_on() {
    NewsBench rounds = new NewsBench(new QueueNewsLimits(100, 100, 100, 100, SECOND, 9, 1, 3, 5));
    rounds.open().acquire("a");
    List<NewsBench.Session> five = waiting(rounds, 5, "a");
    rounds.settle();
    assertThat(five.stream().mapToInt(each -> each.told().size()).sum()).isEqualTo(3);
    rounds.clock.advanceNanos(5);
    rounds.settle();
    assertThat(five.get(4).told()).containsExactly("5/5");
  }

  @Test
  void as_long_as_nobody_wishes_news_nothing_is_looked_at() {
    holder.acquire("a");
    for (int i = 0; i < 100; i++) {
      bench.open().acquire("a");
      bench.settle();
    }
    assertThat(bench.looks).isZero();
    assertThat(bench.desk.nanosUntilDue(bench.clock.nanoTime())).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void who_does_not_wait_is_told_nothing_and_forgotten() {
    NewsBench.Session free = bench.open();
    free.acquireWithNews("b");
    bench.settle();
    assertThat(free.told()).isEmpty();
    assertThat(bench.desk.count()).isZero();
  }
}
