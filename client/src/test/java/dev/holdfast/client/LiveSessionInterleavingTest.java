package dev.holdfast.client;

import static dev.holdfast.client.fake.Interleavings.check;

import dev.holdfast.client.fake.Interleavings;
import dev.holdfast.client.fake.ManualLoop;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.client.session.LossReason;
import dev.holdfast.client.session.NanoClock;
import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.client.session.SessionSettings;
import dev.holdfast.client.session.TestGrants;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Somebody asks to be told of a loss just as it happens, or as the grant is given back.
 *
 * <p>Tried: with {@link LiveSession#whenLost} looking for the loss before its future is there, this
 * fails.
 */
class LiveSessionInterleavingTest {
  private static final SessionSettings SETTINGS =
      new SessionSettings(List.of("a:1"), true, "id", "l", 1_000, 0, RetryPolicy.DEFAULT, 1_000);

  private static LiveSession session() {
    Callbacks callbacks = new Callbacks(Runnable::run, new ManualLoop());
    return new LiveSession(
        SETTINGS,
        new ManualLoop(),
        NanoClock.system(),
        new Random(1),
        callbacks,
        List.of(),
        Duration.ofSeconds(1),
        null);
  }

  private static void lose(LiveSession session, HeldGrant grant) {
    TestGrants.lose(grant, LossReason.FORCE_RELEASED);
    if (!grant.isGivenBack()) {
      session.grantLost(grant, LossReason.FORCE_RELEASED, "");
    }
  }

  @Test
  void whoever_asks_for_a_loss_is_told_of_it_whenever_it_happens() {
    Interleavings.explore(
        50,
        () -> {
          LiveSession session = session();
          HeldGrant grant = TestGrants.held(7);
          AtomicReference<Boolean> early = new AtomicReference<>(false);
          var workers =
              Interleavings.start(
                  () -> lose(session, grant),
                  () -> {
                    var _ = session.whenLost(grant).thenAccept(loss -> early.set(true));
                  });
          for (Interleavings.Worker worker : workers) {
            worker.await();
          }
          check(early.get(), "who asked was told");
          check(session.whenLost(grant).isDone(), "who asks afterwards is told at once");
        });
  }

  @Test
  void whoever_asks_while_the_grant_goes_on_as_another_one_is_told_of_its_loss() {
    Interleavings.explore(
        100,
        () -> {
          LiveSession session = session();
          HeldGrant before = TestGrants.held(7);
          HeldGrant next = TestGrants.held(9);
          var early = session.whenLost(before);
          var late = new AtomicReference<>(early);
          Interleavings.together(
              () -> {
                TestGrants.continueAs(before, next);
                session.grantContinued(before, next);
              },
              () -> late.set(session.whenLost(before.latest())));
          lose(session, next);
          check(early.isDone(), "who had asked before was told");
          check(late.get().isDone(), "who asked meanwhile was told");
        });
  }

  @Test
  void nobody_is_told_of_a_loss_after_the_grant_was_given_back() {
    Interleavings.explore(
        50,
        () -> {
          LiveSession session = session();
          HeldGrant grant = TestGrants.held(7);
          var asked = session.whenLost(grant);
          AtomicReference<Boolean> toldAfterwards = new AtomicReference<>(false);
          Interleavings.together(
              () -> lose(session, grant),
              () -> {
                boolean told = asked.isDone();
                grant.markReleased();
                session.forget(grant);
                toldAfterwards.set(!told && session.whenLost(grant).isDone());
              });
          check(!toldAfterwards.get(), "a grant that was given back is not lost");
        });
  }
}
