package dev.holdfast.client;

import static dev.holdfast.client.fake.Interleavings.check;

import dev.holdfast.client.fake.Interleavings;
import dev.holdfast.client.fake.ManualLoop;
import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.client.session.SessionSettings;
import dev.holdfast.client.session.SessionState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A session is opened while somebody begins to listen. It found a listener that was told of
 * nothing, when {@link SessionKeeper#addListener} did not take the lock under which sessions are
 * made.
 */
class SessionKeeperInterleavingTest {
  private static final SessionSettings SETTINGS =
      new SessionSettings(List.of("a:1"), true, "id", "l", 1_000, 0, RetryPolicy.DEFAULT, 1_000);

  @Test
  void listener_hears_of_the_session_that_is_being_opened_once() {
    Interleavings.explore(
        100,
        () -> {
          Callbacks callbacks = new Callbacks(Runnable::run, "callbacks");
          SessionKeeper keeper =
              new SessionKeeper(
                  SETTINGS, new ManualLoop(), callbacks, Duration.ZERO, Duration.ZERO, null);
          AtomicInteger told = new AtomicInteger();
          SessionListener listener =
              new SessionListener() {
                @Override
                public void stateChanged(
                    Session session, SessionState from, SessionState to, String why) {
                  told.incrementAndGet();
                }
              };
          Interleavings.together(keeper::live, () -> keeper.addListener(listener));
          keeper.live().stateChanged(SessionState.HELD, SessionState.LOST, "told to listeners");
          check(told.get() == 1, "the listener is told once, not " + told.get() + " times");
        });
  }
}
