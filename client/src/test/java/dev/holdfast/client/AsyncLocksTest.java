package dev.holdfast.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.session.LossReason;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class AsyncLocksTest extends ClientTest {
  private static Throwable failureOf(CompletableFuture<?> future) throws Exception {
    try {
      future.get(5, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      return requireNonNull(failed.getCause());
    }
    throw new AssertionError("did not fail");
  }

  @Test
  void several_locks_come_together_under_one_token() throws Exception {
    LockGrant grant =
        get(holdfast.async().acquire(AcquireRequest.of("a", Mode.X).and("b", Mode.S)));
    assertThat(grant.isHeld()).isTrue();
    assertThat(grant.demands()).containsExactly(new Demand("a", Mode.X), new Demand("b", Mode.S));
    assertThat(grant.remaining()).isPositive();
    get(grant.releaseAsync());
    assertThat(grant.isHeld()).isFalse();
    assertThat(grantCount()).isZero();
    grant.release();
  }

  @Test
  void requests_without_owner_exclude_each_other() throws Exception {
    LockGrant first = get(holdfast.async().acquire(AcquireRequest.of("a", Mode.X)));
    PreemptResult second = get(holdfast.async().preempt(AcquireRequest.of("a", Mode.X)));
    assertThat(second)
        .isInstanceOfSatisfying(
            PreemptResult.Refused.class,
            refused -> {
              assertThat(refused.refusal().reason()).isEqualTo(RefusalReason.HELD_BY_ANOTHER);
              HolderInfo holder = requireNonNull(refused.refusal().holder());
              assertThat(holder.token()).isEqualTo(first.token());
            });
    Throwable failure =
        failureOf(
            holdfast
                .async()
                .acquire(AcquireRequest.of("a", Mode.X).waitAtMost(Duration.ofMillis(30))));
    assertThat(failure)
        .isInstanceOfSatisfying(
            LockRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.WAIT_TIMED_OUT));
    first.close();
  }

  @Test
  void cancelled_future_leaves_the_queue() throws Exception {
    LockGrant first = get(holdfast.async().acquire(AcquireRequest.of("a", Mode.X)));
    CompletableFuture<LockGrant> second = holdfast.async().acquire(AcquireRequest.of("a", Mode.X));
    await().until(() -> waitingCount() == 1);
    second.cancel(true);
    await().until(() -> waitingCount() == 0);
    first.close();
    assertThat(grantCount()).isZero();
  }

  @Test
  void future_that_timed_out_gives_back_what_comes_late() {
    cluster.freeze(true);
    CompletableFuture<LockGrant> late =
        holdfast
            .async()
            .acquire(AcquireRequest.of("a", Mode.X))
            .orTimeout(20, TimeUnit.MILLISECONDS);
    assertThatThrownBy(late::get).hasCauseInstanceOf(TimeoutException.class);
    cluster.freeze(false);
    CompletableFuture<LockGrant> next = holdfast.async().acquire(AcquireRequest.of("a", Mode.X));
    next.join().release();
    await().until(() -> grantCount() == 0 && waitingCount() == 0);
  }

  @Test
  void fixed_lease_ends_and_can_be_extended() throws Exception {
    LockGrant grant =
        get(holdfast.async().acquire(AcquireRequest.of("a", Mode.X).lease(Duration.ofMillis(800))));
    LockGrant longer = grant.extend(Duration.ofMillis(900));
    assertThatThrownBy(() -> longer.extend(ChronoUnit.FOREVER.getDuration()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(longer.token()).isGreaterThan(grant.token());
    assertThat(grant.isHeld()).isFalse();
    assertThat(longer.isHeld()).isTrue();
    assertThat(longer.whenLost().get(5, TimeUnit.SECONDS).reason())
        .isEqualTo(LossReason.LEASE_EXPIRED);
    assertThat(longer.isHeld()).isFalse();
    assertThatThrownBy(longer::release).isInstanceOf(LockLostException.class);
  }

  @Test
  void kept_alive_grant_needs_no_extension() throws Exception {
    LockGrant grant = get(holdfast.async().acquire(AcquireRequest.of("a", Mode.X)));
    assertThatThrownBy(() -> grant.extend(Duration.ofSeconds(1)))
        .isInstanceOfSatisfying(
            LockRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.NOT_FIXED_LEASE));
    grant.close();
  }

  @Test
  void unknown_preempt_is_resolved() throws Exception {
    Holdfast hasty = client().requestTimeout(Duration.ofMillis(50)).connect();
    cluster.freeze(true);
    CompletableFuture<PreemptResult> result = hasty.async().preempt(AcquireRequest.of("a", Mode.X));
    OutcomeUnknownException unknown = (OutcomeUnknownException) failureOf(result);
    RequestId id = requireNonNull(unknown.requestId());
    CompletableFuture<Resolution> resolution = hasty.async().resolve(id);
    cluster.freeze(false);
    assertThat(get(resolution)).isInstanceOf(Resolution.NotApplied.class);
    assertThat(failureOf(hasty.async().resolve(id))).isInstanceOf(IllegalArgumentException.class);
    hasty.close();
    assertThat(grantCount()).isZero();
  }

  @Test
  void request_of_a_session_that_is_over_is_resolved_while_the_next_one_opens() throws Exception {
    try (Holdfast hasty =
        client()
            .requestTimeout(Duration.ofMillis(50))
            .sessionTtl(Duration.ofMillis(500))
            .closeTimeout(Duration.ZERO)
            .connect()) {
      Session first = hasty.session();
      cluster.freeze(true);
      CompletableFuture<PreemptResult> result =
          hasty.async().preempt(AcquireRequest.of("a", Mode.X));
      OutcomeUnknownException unknown = (OutcomeUnknownException) failureOf(result);
      await().until(() -> first.state().isOver());
      assertThat(hasty.session().id()).as("another one, not yet open").isEmpty();
      RequestId id = requireNonNull(unknown.requestId());
      assertThat(get(hasty.async().resolve(id))).isInstanceOf(Resolution.SessionOver.class);
    }
  }

  @Test
  void plain_map_preempts_and_releases_by_name() throws Exception {
    assertThat(holdfast.preempt("a").isGranted()).isTrue();
    try (Holdfast other = client().connect()) {
      PreemptResult refused = other.preempt("a");
      assertThat(refused.isGranted()).isFalse();
      assertThat(other.release("a")).isFalse();
    }
    assertThat(holdfast.preempt("a").isGranted()).isFalse();
    assertThat(holdfast.release("a")).isTrue();
    assertThat(holdfast.release("a")).isFalse();
    assertThat(grantCount()).isZero();
  }

  @Test
  void release_by_token_of_nothing_is_a_loss() throws Exception {
    LockGrant grant = get(holdfast.async().acquire(AcquireRequest.of("a", Mode.X)));
    holdfast.release(grant.token());
    assertThatThrownBy(() -> holdfast.release(grant.token())).isInstanceOf(LockLostException.class);
  }

  @Test
  void release_by_token_ends_the_grant_at_once_and_is_no_loss() throws Exception {
    LockGrant grant = get(holdfast.async().acquire(AcquireRequest.of("a", Mode.X)));
    CompletableFuture<GrantLoss> loss = grant.whenLost();
    cluster.freeze(true);
    CompletableFuture<Void> release = holdfast.async().release(grant.token());
    assertThat(grant.isHeld()).isFalse();
    assertThat(grant.remaining()).isZero();
    grant.release(); // no effect any more, so it does not wait for the frozen cluster either
    forceRelease(grant.token());
    cluster.freeze(false);
    assertThat(failureOf(release)).isInstanceOf(LockLostException.class);
    assertThat(grantCount()).isZero();
    assertThat(loss).isNotDone();
  }

  @Test
  void cancelling_the_future_of_a_release_does_not_take_it_back() throws Exception {
    LockGrant grant = get(holdfast.async().acquire(AcquireRequest.of("a", Mode.X)));
    cluster.freeze(true);
    grant.releaseAsync().cancel(true);
    cluster.freeze(false);
    await().until(() -> grantCount() == 0);
  }

  @Test
  void requests_are_checked_before_they_are_made() {
    AcquireRequest request = AcquireRequest.of("a", Mode.X);
    assertThatThrownBy(() -> request.owner("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> request.owner("o".repeat(129)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> request.waitAtMost(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> request.lease(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> request.lease(ChronoUnit.FOREVER.getDuration()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> request.and("b/", Mode.S))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
