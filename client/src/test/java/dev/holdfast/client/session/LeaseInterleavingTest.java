package dev.holdfast.client.session;

import static dev.holdfast.client.fake.Interleavings.check;

import dev.holdfast.client.fake.Interleavings;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * What other threads see of a lease while the session's thread renews it and time goes on: what was
 * once seen as lost stays lost.
 *
 * <p>It found that it did not, when the lease was a volatile field that a late acknowledgement
 * replaced. Tried: with the one atomic step of {@link HeldGrant#markReleased} taken apart, this
 * fails.
 */
class LeaseInterleavingTest {
  private static final long MILLI = 1_000_000;

  /** A lease of 1,000 ms that was opened at 0, with a renewal sent at 500. */
  private static final class Scene {
    final AtomicLong nowMillis = new AtomicLong();
    final Lease lease = new Lease(() -> nowMillis.get() * MILLI, nowMillis::get, 1_000);
    final HeldGrant grant = new HeldGrant(lease, 7, "o", List.of(), 0);
    final long nonce;

    Scene() {
      lease.openSent();
      lease.opened(0);
      nowMillis.set(500);
      nonce = lease.renewalSent();
    }
  }

  @Test
  void lease_that_was_seen_as_lost_is_never_held_again() {
    Interleavings.explore(
        800,
        () -> {
          Scene scene = new Scene();
          Interleavings.together(
              () -> scene.nowMillis.set(990), // beyond the deadline of the opening
              () -> scene.lease.renewed(scene.nonce, 500),
              () -> {
                boolean lost = scene.lease.state() == SessionState.LOST;
                boolean notHeld = !scene.grant.isHeld();
                boolean lostBefore = lost || scene.grant.lossByNow() != null;
                check(!(lostBefore && scene.grant.isHeld()), "what was lost stays lost");
                check(!(notHeld && scene.grant.isHeld()), "what was not held stays so");
                if (lost) {
                  check(scene.lease.state() == SessionState.LOST, "LOST is the last state");
                }
              });
        });
  }

  @Test
  void ended_session_holds_nothing_for_anybody() {
    Interleavings.explore(
        200,
        () -> {
          Scene scene = new Scene();
          Interleavings.together(
              () -> {
                scene.lease.renewed(scene.nonce, 500);
                scene.lease.end();
                check(!scene.grant.isHeld(), "it is not held afterwards");
              },
              () -> {
                boolean notHeld = !scene.grant.isHeld();
                check(!(notHeld && scene.grant.isHeld()), "what was not held stays so");
              });
        });
  }

  @Test
  void grant_given_back_by_one_of_many_is_given_back_once() {
    Interleavings.explore(
        200,
        () -> {
          Scene scene = new Scene();
          AtomicLong first = new AtomicLong();
          Runnable release =
              () -> {
                if (scene.grant.markReleased()) {
                  first.incrementAndGet();
                }
                check(!scene.grant.isHeld(), "it is not held afterwards");
              };
          Interleavings.together(
              release, release, () -> scene.grant.lose(LossReason.FORCE_RELEASED));
          check(first.get() == 1, "one was the first to give it back");
        });
  }
}
