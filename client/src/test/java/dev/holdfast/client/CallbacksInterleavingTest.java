package dev.holdfast.client;

import static dev.holdfast.client.fake.Interleavings.check;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.fake.Interleavings;
import dev.holdfast.client.fake.ManualLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * Callbacks of several threads meet the thread that runs them.
 *
 * <p>Tried: with {@code scheduled} put back after the queue was found empty instead of before, a
 * callback is left lying and this fails.
 */
class CallbacksInterleavingTest {
  @Test
  void every_callback_runs_once_in_the_order_of_its_thread() {
    Interleavings.explore(
        800,
        () -> {
          ManualLoop thread = new ManualLoop();
          Callbacks callbacks = new Callbacks(null, thread);
          ConcurrentLinkedQueue<String> ran = new ConcurrentLinkedQueue<>();
          Interleavings.together(
              () -> {
                callbacks.run(() -> ran.add("a1"));
                callbacks.run(() -> ran.add("a2"));
              },
              () -> callbacks.run(() -> ran.add("b1")),
              thread::drain);
          thread.drain();
          List<String> order = new ArrayList<>(ran);
          check(order.size() == 3, "all three ran, not " + order.size());
          check(order.indexOf("a1") < order.indexOf("a2"), "in the order of their thread");
        });
  }

  @Test
  void none_is_left_lying_when_the_client_is_closed_meanwhile() {
    Interleavings.explore(
        300,
        () -> {
          ManualLoop thread = new ManualLoop();
          Callbacks callbacks = new Callbacks(null, thread);
          ConcurrentLinkedQueue<String> ran = new ConcurrentLinkedQueue<>();
          Interleavings.together(
              () -> callbacks.run(() -> ran.add("a")),
              () -> callbacks.run(() -> ran.add("b")),
              callbacks::close);
          thread.drain();
          check(ran.size() == 2, "both ran, not " + ran.size());
        });
  }

  @Test
  void callback_that_throws_an_error_does_not_keep_the_next_one_from_running() {
    for (boolean given : new boolean[] {false, true}) {
      ManualLoop thread = new ManualLoop();
      Callbacks callbacks = new Callbacks(given ? Runnable::run : null, thread);
      List<String> ran = new ArrayList<>();
      callbacks.run(
          () -> {
            throw new AssertionError("a listener's own");
          });
      callbacks.run(() -> ran.add("next"));
      thread.drain();
      assertThat(ran).containsExactly("next");
    }
  }
}
