package dev.holdfast.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.fake.FakeCluster;
import dev.holdfast.client.fake.LiveCluster;
import dev.holdfast.protocol.FencingToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link LeaderElector} tells its listener, and when. */
@Timeout(60)
class LeaderElectorTest {
  private static final String NAME = "jobs/leader";

  // Nobody listens there: the electors' watches of who leads stay without news.
  private final LiveCluster cluster = new LiveCluster(List.of("127.0.0.1:1"));
  private final List<Holdfast> clients = new ArrayList<>();
  private final List<LeaderElector> electors = new ArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<Long> tokens = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeAll() {
    cluster.freeze(false);
    electors.forEach(LeaderElector::close);
    clients.forEach(Holdfast::close);
    cluster.close();
  }

  /** Writes down what it is told. */
  private class Scribe implements LeadershipListener {
    private final String name;

    Scribe(String name) {
      this.name = name;
    }

    @Override
    public void onStartedLeading(FencingToken token) {
      tokens.add(token.value());
      told.add(name + " starts");
    }

    @Override
    public void onStoppedLeading() {
      told.add(name + " stops");
    }
  }

  private Holdfast client() {
    Holdfast client =
        Holdfast.builder()
            .endpoints("127.0.0.1:1")
            .sessionTtl(Duration.ofSeconds(2))
            .requestTimeout(Duration.ofSeconds(5))
            .network(cluster.network())
            .connect();
    clients.add(client);
    return client;
  }

  private LeaderElector start(LeadershipListener listener) {
    LeaderElector elector = LeaderElector.start(client(), NAME, listener);
    electors.add(elector);
    return elector;
  }

  private void awaitTold(String... words) {
    await().atMost(Duration.ofSeconds(20)).until(() -> told.equals(List.of(words)));
  }

  private void awaitWaiting(int count) {
    await().until(() -> cluster.ask(FakeCluster::waitingCount) == count);
  }

  private Optional<FakeCluster.Grant> holder() {
    return cluster.ask(each -> Optional.ofNullable(each.holderOf(NAME)));
  }

  @Test
  void next_one_starts_only_after_the_former_one_was_told_that_it_stops() {
    LeaderElector first = start(new Scribe("a"));
    awaitTold("a starts");
    LeaderElector second = start(new Scribe("b"));
    awaitWaiting(1);
    start(new Scribe("c"));
    awaitWaiting(2);
    assertThat(first.isLeading()).isTrue();
    first.close();
    awaitTold("a starts", "a stops", "b starts");
    assertThat(first.isLeading()).isFalse();
    assertThat(second.isLeading()).isTrue();
    second.close();
    awaitTold("a starts", "a stops", "b starts", "b stops", "c starts");
    assertThat(tokens).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void leader_that_is_late_to_stop_keeps_its_leadership_until_it_has() throws Exception {
    CountDownLatch mayStop = new CountDownLatch(1);
    LeaderElector first =
        start(
            new Scribe("a") {
              @Override
              public void onStoppedLeading() {
                try {
                  mayStop.await();
                } catch (InterruptedException e) {
                  throw new AssertionError("the elector's thread is interrupted by nobody", e);
                }
                super.onStoppedLeading();
              }
            });
    awaitTold("a starts");
    start(new Scribe("b"));
    awaitWaiting(1);
    Thread closer = new Thread(first::close, "closer");
    closer.start();
    await().until(() -> !first.isLeading());
    assertThat(holder().orElseThrow().token()).isEqualTo(tokens.get(0));
    assertThat(told).containsExactly("a starts");
    mayStop.countDown();
    awaitTold("a starts", "a stops", "b starts");
    closer.join();
  }

  @Test
  void loss_by_its_own_clock_is_told_while_nobody_else_can_lead_and_then_it_stands_again() {
    LeaderElector elector = start(new Scribe("a"));
    awaitTold("a starts");
    cluster.freeze(true);
    awaitTold("a starts", "a stops");
    assertThat(elector.isLeading()).isFalse();
    // The cluster's clock has stood still: to everybody else it leads to this moment.
    assertThat(holder().orElseThrow().token()).isEqualTo(tokens.get(0));
    cluster.freeze(false);
    awaitTold("a starts", "a stops", "a starts");
    assertThat(tokens).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void leadership_that_an_operator_ends_stops_and_it_stands_again() {
    start(new Scribe("a"));
    awaitTold("a starts");
    cluster.ask(
        each -> {
          each.forceRelease(tokens.get(0), "ann");
          return true;
        });
    awaitTold("a starts", "a stops", "a starts");
    assertThat(tokens).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void work_is_interrupted_at_the_end_and_it_does_not_stand_again_before_the_work_is_over()
      throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    start(
        new Scribe("a") {
          @Override
          public void onStartedLeading(FencingToken token) {
            super.onStartedLeading(token);
            if (tokens.size() > 1) {
              return;
            }
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
              awaitUninterruptibly(mayEnd);
            }
          }
        });
    awaitTold("a starts");
    cluster.ask(
        each -> {
          each.forceRelease(tokens.get(0), "ann");
          return true;
        });
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    awaitTold("a starts", "a stops");
    assertThat(holder()).isEmpty();
    assertThat(cluster.ask(FakeCluster::waitingCount)).isZero();
    mayEnd.countDown();
    awaitTold("a starts", "a stops", "a starts");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted twice", e);
    }
  }

  @Test
  void listener_that_throws_spoils_nothing() {
    LeaderElector elector =
        start(
            new Scribe("a") {
              @Override
              public void onStartedLeading(FencingToken token) {
                super.onStartedLeading(token);
                throw new IllegalStateException("the listener's own trouble");
              }

              @Override
              public void onStoppedLeading() {
                super.onStoppedLeading();
                throw new IllegalStateException("the listener's own trouble");
              }
            });
    awaitTold("a starts");
    assertThat(elector.isLeading()).isTrue();
    elector.close();
    assertThat(told).containsExactly("a starts", "a stops");
    await().until(() -> holder().isEmpty());
  }

  @Test
  void candidate_that_is_closed_leaves_the_queue_and_is_told_nothing() {
    start(new Scribe("a"));
    awaitTold("a starts");
    LeaderElector second = start(new Scribe("b"));
    awaitWaiting(1);
    second.close();
    awaitWaiting(0);
    assertThat(told).containsExactly("a starts");
  }

  @Test
  void leader_closes_its_own_elector() {
    AtomicReference<LeaderElector> own = new AtomicReference<>();
    CountDownLatch known = new CountDownLatch(1);
    own.set(
        start(
            new Scribe("a") {
              @Override
              public void onStartedLeading(FencingToken token) {
                super.onStartedLeading(token);
                awaitUninterruptibly(known);
                requireNonNull(own.get()).close();
              }
            }));
    known.countDown();
    awaitTold("a starts", "a stops");
    await().until(() -> holder().isEmpty());
  }

  @Test
  void client_that_is_closed_tells_its_leader_to_stop_before_the_next_one_starts() {
    start(new Scribe("a"));
    awaitTold("a starts");
    start(new Scribe("b"));
    awaitWaiting(1);
    clients.get(0).close();
    awaitTold("a starts", "a stops", "b starts");
  }

  @Test
  void proclamation_that_is_too_long_is_refused_before_it_stands() {
    Holdfast client = client();
    assertThatThrownBy(() -> LeaderElector.start(client, NAME, "x".repeat(4_097), new Scribe("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4096");
    assertThat(holder()).isEmpty();
  }

  @Test
  void client_that_is_closed_ends_the_leadership() {
    LeaderElector elector = start(new Scribe("a"));
    awaitTold("a starts");
    clients.get(0).close();
    awaitTold("a starts", "a stops");
    assertThat(elector.isLeading()).isFalse();
    assertThat(holder()).isEmpty();
  }
}
