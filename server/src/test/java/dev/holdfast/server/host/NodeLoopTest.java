package dev.holdfast.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.LockStateMachine;
import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.replication.Role;
import dev.holdfast.server.node.AdmissionLimits;
import dev.holdfast.server.node.MapView;
import dev.holdfast.server.node.NodeCore;
import dev.holdfast.server.node.NodeIdentity;
import dev.holdfast.server.node.NodeLog;
import dev.holdfast.server.node.ProposerSettings;
import dev.holdfast.server.watch.WatchLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeLoopTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<String> announcingThreads = new CopyOnWriteArrayList<>();
  private final List<Throwable> bugs = new CopyOnWriteArrayList<>();
  private final NodeCore core =
      new NodeCore(
          new NodeIdentity(N1, "n1:5470", "test", Map.of()),
          AdmissionLimits.DEFAULT,
          WatchLimits.DEFAULT,
          ProposerSettings.DEFAULT,
          System::nanoTime,
          new SplittableRandom(1),
          new NoLog(),
          (to, message) -> announcingThreads.add(Thread.currentThread().getName()),
          new EmptyMap());
  private final NodeLoop loop = new NodeLoop("n1", core, bugs::add);

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void event_runs_on_the_thread_that_hands_it_in_while_the_node_is_idle() {
    loop.start();
    List<Thread> ran = new CopyOnWriteArrayList<>();
    // The own thread drives for a moment at the start, and then takes the event along.
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              loop.execute(() -> ran.add(Thread.currentThread()));
              return ran.contains(Thread.currentThread());
            });
  }

  @Test
  void events_of_many_threads_run_one_at_a_time_and_in_each_threads_order() throws Exception {
    loop.start();
    int threads = 8;
    int eventsEach = 5_000;
    int[] nextOf = new int[threads];
    List<String> wrong = new ArrayList<>(); // changed by events only, without a lock
    CountDownLatch done = new CountDownLatch(threads * eventsEach);
    for (int i = 0; i < threads; i++) {
      int thread = i;
      Thread.ofPlatform()
          .start(
              () -> {
                for (int k = 0; k < eventsEach; k++) {
                  int event = k;
                  loop.execute(
                      () -> {
                        if (nextOf[thread]++ != event) {
                          wrong.add("event " + event + " of thread " + thread);
                        }
                        done.countDown();
                      });
                }
              });
    }
    done.await();
    List<String> told = new CopyOnWriteArrayList<>();
    CountDownLatch asked = new CountDownLatch(1);
    loop.execute(
        () -> {
          told.addAll(wrong);
          asked.countDown();
        });
    asked.await();
    assertThat(told).isEmpty();
    assertThat(bugs).isEmpty();
  }

  @Test
  void event_of_an_event_runs_after_it() throws Exception {
    loop.start();
    List<String> order = new CopyOnWriteArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    loop.execute(
        () -> {
          loop.execute(
              () -> {
                order.add("inner");
                done.countDown();
              });
          order.add("outer");
        });
    done.await();
    assertThat(order).containsExactly("outer", "inner");
  }

  @Test
  void borrowed_thread_hands_over_what_does_not_end() throws Exception {
    loop.start();
    CountDownLatch handedOver = new CountDownLatch(1);
    loop.execute(new Endless(handedOver));
    // The thread of this test has returned, and the events go on.
    handedOver.await();
    assertThat(bugs).isEmpty();
  }

  /** Hands itself in again until the own thread of the loop runs it. */
  private final class Endless implements Runnable {
    private final CountDownLatch handedOver;

    Endless(CountDownLatch handedOver) {
      this.handedOver = handedOver;
    }

    @Override
    public void run() {
      if (Thread.currentThread().getName().equals("holdfast-node-n1")) {
        handedOver.countDown();
      } else {
        loop.execute(this);
      }
    }
  }

  @Test
  void what_is_handed_in_before_the_start_waits_for_it() {
    List<String> ran = new CopyOnWriteArrayList<>();
    loop.execute(() -> ran.add("first"));
    assertThat(ran).isEmpty();
    loop.start();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(ran).containsExactly("first"));
  }

  @Test
  void own_thread_does_what_time_alone_demands() {
    loop.start();
    List<Member> members = List.of(Member.initial(N1, "a:1"), Member.initial(N2, "b:1"));
    loop.execute(() -> core.onStatus(new LogStatus(Role.FOLLOWER, 1, N2, 0, 0, 0, members, 10)));
    await().atMost(PATIENCE).until(() -> announcingThreads.size() >= 2);
    assertThat(announcingThreads).last().isEqualTo("holdfast-node-n1");
  }

  @Test
  void bug_ends_the_loop_and_is_told() {
    loop.start();
    IllegalStateException bug = new IllegalStateException("a bug");
    List<String> ran = new CopyOnWriteArrayList<>();
    loop.execute(
        () -> {
          throw bug;
        });
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(bugs).containsExactly(bug));
    loop.execute(() -> ran.add("after"));
    assertThat(ran).isEmpty();
    assertThat(bugs).hasSize(1);
  }

  private static final class NoLog implements NodeLog {
    @Override
    public void propose(long term, byte[] entry, ProposalListener listener) {
      throw new AssertionError("this node never leads");
    }

    @Override
    public void readIndex(ReadListener listener) {
      throw new AssertionError("nobody reads");
    }
  }

  private static final class EmptyMap implements MapView {
    private final LockStateMachine machine = new LockStateMachine();

    @Override
    public <T extends @Nullable Object> T read(Function<LockStateMachine, T> query) {
      return query.apply(machine);
    }
  }
}
