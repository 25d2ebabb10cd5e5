package dev.holdfast.client.session;

import static dev.holdfast.client.fake.Interleavings.check;

import dev.holdfast.client.fake.Interleavings;
import dev.holdfast.client.fake.ManualLoop;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Events of several threads meet the loop. Each is run once, in the order of its thread, never two
 * at a time, and none is left lying: a lost wake-up would be a caller who waits for ever.
 *
 * <p>Tried: with {@code scheduled} put back after the batch instead of before, this fails. It found
 * that a loop that ended forgot what it had been given, before there was {@link
 * SessionThread#loopEnded}.
 */
class SessionThreadInterleavingTest {
  /** A loop, and a machine that has nothing to do but to run events. */
  private static final class Scene {
    final ManualLoop loop = new ManualLoop();
    final SessionThread thread = new SessionThread(loop, () -> 1, Scene::machine);
    final ConcurrentLinkedQueue<String> ran = new ConcurrentLinkedQueue<>();
    final AtomicInteger inside = new AtomicInteger();

    Scene() {
      thread.machine().fail("it only runs events here");
    }

    private static SessionMachine machine(Transport transport) {
      SessionSettings settings =
          new SessionSettings(
              List.of("a:1"), true, "id", "label", 1_000, 0, RetryPolicy.DEFAULT, 1_000);
      return new SessionMachine(
          settings, () -> 1, () -> 1, new Random(1), transport, new Recorder());
    }

    void post(String event) {
      thread.post(
          () -> {
            if (inside.incrementAndGet() != 1) {
              throw new AssertionError("two events at a time");
            }
            ran.add(event);
            inside.decrementAndGet();
          });
    }
  }

  @Test
  void no_wake_up_is_lost_between_posting_and_running() {
    Interleavings.explore(
        180,
        () -> {
          Scene scene = new Scene();
          Interleavings.together(
              () -> {
                scene.post("a1");
                scene.post("a2");
              },
              () -> scene.post("b1"),
              scene.loop::drain);
          scene.loop.drain();
          check(scene.ran.size() == 3, "all three events ran");
          List<String> order = List.copyOf(scene.ran);
          check(order.indexOf("a1") < order.indexOf("a2"), "in the order of their thread");
        });
  }

  @Test
  void nothing_is_left_lying_when_the_loop_ends_meanwhile() {
    Interleavings.explore(
        180,
        () -> {
          Scene scene = new Scene();
          Interleavings.together(
              () -> scene.post("a1"),
              () -> scene.post("b1"),
              () -> {
                scene.loop.shutdownNow();
                scene.thread.loopEnded();
              });
          check(scene.ran.size() == 2, "both events ran");
        });
  }
}
