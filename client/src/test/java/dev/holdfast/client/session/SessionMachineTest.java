package dev.holdfast.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.fake.World;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionMachineTest {
  private static final long TTL = 9_000;
  private static final long MILLI = 1_000_000;

  private final World world = new World(7, "a:1", "b:1", "c:1");
  private final World.Client client = world.newClient();
  private final Recorder recorder = new Recorder();
  private final SessionMachine machine = newMachine(client, recorder);

  private SessionMachine newMachine(World.Client surroundings, Recorder observer) {
    SessionSettings settings =
        new SessionSettings(
            List.of("a:1", "b:1", "c:1"), true, "id", "label", TTL, 0, RetryPolicy.DEFAULT, 2_000);
    return new SessionMachine(
        settings,
        surroundings.clock(),
        surroundings.wall(),
        new Random(world.random().nextLong()),
        surroundings,
        observer);
  }

  private void open() {
    client.drive(machine);
    world.run(10);
    assertThat(machine.state()).isEqualTo(SessionState.HELD);
  }

  private long in(long millis) {
    return world.nowNanos() + millis * MILLI;
  }

  private TestCall submit(TestCall call) {
    machine.submit(call);
    machine.advance();
    return call;
  }

  private HeldGrant hold(String owner, String lock) {
    TestCall call = submit(TestCall.lock(owner, lock));
    world.run(10);
    return call.grant();
  }

  @Test
  void opens_acquires_and_releases() {
    open();
    HeldGrant grant = hold("o", "x");
    assertThat(grant.isHeld()).isTrue();
    assertThat(world.cluster().isCurrent(grant.token())).isTrue();
    TestCall release = submit(TestCall.release(grant.token(), in(1_000)));
    world.run(10);
    assertThat(release.result).isInstanceOf(CallResult.Released.class);
    assertThat(world.cluster().grants()).isEmpty();
  }

  @Test
  void requests_that_wait_together_leave_in_one_frame() {
    open();
    int before = world.cluster().framesSeen();
    for (int i = 0; i < 100; i++) {
      machine.submit(TestCall.lock("o" + i, "lock" + i));
    }
    machine.advance();
    world.run(10);
    assertThat(world.cluster().framesSeen() - before).isEqualTo(1);
    assertThat(world.cluster().grants()).hasSize(100);
  }

  @Test
  void renews_three_times_a_ttl_and_stays_held() {
    open();
    HeldGrant grant = hold("o", "x");
    int before = world.cluster().framesSeen();
    world.run(10 * TTL);
    assertThat(grant.isHeld()).isTrue();
    assertThat(recorder.states).containsExactly(SessionState.OPENING, SessionState.HELD);
    assertThat(recorder.story).startsWith("opened", "attached node-a:1", "OPENING -> HELD");
    assertThat(world.cluster().framesSeen() - before).isBetween(28, 31);
  }

  @Test
  void silence_is_jeopardy_after_two_thirds_and_loss_after_98_percent() {
    open();
    HeldGrant grant = hold("o", "x");
    world.run(3_000 - world.nowNanos() / MILLI + 1); // the second renewal has just left
    long sentNanos = world.nowNanos();
    world.run(5);
    world.cluster().freeze(true);
    world.run(5_900);
    assertThat(machine.stateByClock()).isEqualTo(SessionState.HELD);
    world.run(200);
    assertThat(machine.state()).isEqualTo(SessionState.JEOPARDY);
    assertThat(grant.isHeld()).isTrue();
    long leftMillis = (sentNanos + (long) (0.98 * TTL * MILLI) - world.nowNanos()) / MILLI;
    world.run(leftMillis - 15);
    assertThat(grant.isHeld()).isTrue();
    world.run(20);
    assertThat(grant.isHeld()).isFalse();
    assertThat(machine.state()).isEqualTo(SessionState.LOST);
    assertThat(recorder.lost).containsExactly(grant.token());
    assertThat(recorder.ends).isEqualTo(1);
  }

  @Test
  void grant_turns_not_held_by_the_clock_even_if_the_machine_gets_no_turn() {
    open();
    HeldGrant grant = hold("o", "x");
    client.pause(true);
    world.run(TTL - 120);
    assertThat(machine.state()).isEqualTo(SessionState.HELD);
    assertThat(machine.stateByClock()).isEqualTo(SessionState.LOST);
    assertThat(grant.isHeld()).isFalse();
    assertThat(grant.lossByNow()).isEqualTo(LossReason.SESSION_LOST);
    assertThat(world.cluster().isCurrent(grant.token())).isTrue();
  }

  @Test
  void deadline_counts_from_the_first_sending_when_opening_takes_long() {
    world.cluster().freeze(true);
    client.drive(machine);
    world.run(3_000);
    world.cluster().freeze(false);
    world.run(2_500);
    assertThat(machine.state()).isEqualTo(SessionState.HELD);
    // A repeated opening has the same nonce: one session, not two.
    assertThat(world.cluster().sessionIds()).hasSize(1);
  }

  @Test
  void opening_that_took_too_long_starts_anew() {
    world.cluster().freeze(true);
    client.drive(machine);
    world.run(4 * TTL);
    assertThat(machine.state()).isEqualTo(SessionState.OPENING);
    world.cluster().freeze(false);
    world.run(3_000);
    assertThat(machine.state()).isEqualTo(SessionState.HELD);
    assertThat(machine.remainingNanos()).isGreaterThan(TTL * MILLI / 2);
  }

  @Test
  void wall_clock_that_ran_ahead_makes_grants_doubtful_until_a_node_confirms() {
    open();
    HeldGrant grant = hold("o", "x");
    world.delayMaxMillis(50);
    client.jumpWallClock(TTL / 10 + 50);
    assertThat(grant.isHeld()).isFalse();
    assertThat(grant.lossByNow()).isNull();
    world.run(TTL / 10 + 1);
    assertThat(machine.state()).isEqualTo(SessionState.JEOPARDY);
    world.run(200);
    assertThat(machine.state()).isEqualTo(SessionState.HELD);
    assertThat(grant.isHeld()).isTrue();
    client.jumpWallClock(-3_600_000);
    assertThat(grant.isHeld()).isTrue();
  }

  @Test
  void waiting_place_survives_the_move_to_another_node() {
    World.Client other = world.newClient();
    SessionMachine rival = newMachine(other, new Recorder());
    open();
    other.drive(rival);
    world.run(10);
    HeldGrant first = hold("o", "x");
    TestCall second = TestCall.lock("p", "x");
    rival.submit(second);
    rival.advance();
    world.run(10);
    TestCall third = submit(TestCall.lock("q", "x"));
    world.run(10);
    assertThat(world.cluster().waitingCount()).isEqualTo(2);
    world.cutAll();
    world.run(50);
    assertThat(recorder.story).contains("attached node-a:1", "attached node-b:1");
    assertThat(world.cluster().waitingCount()).isEqualTo(2);
    submit(TestCall.release(first.token(), in(1_000)));
    world.run(20);
    assertThat(second.grant().isHeld()).isTrue();
    assertThat(third.result).isNull();
  }

  @Test
  void answer_lost_on_the_way_is_given_again_not_executed_again() {
    open();
    TestCall call = submit(TestCall.lock("o", "x"));
    world.delayMaxMillis(1);
    client.cutAll();
    world.run(100);
    long token = call.grant().token();
    assertThat(world.cluster().grants()).hasSize(1);
    assertThat(world.cluster().isCurrent(token)).isTrue();
    assertThat(call.deliveries).isEqualTo(1);
  }

  @Test
  void timed_wait_ends_at_the_callers_deadline_without_a_leader() {
    open();
    world.cluster().freeze(true);
    TestCall call = submit(TestCall.lockUntil("o", "x", in(250)));
    world.run(249);
    assertThat(call.result).isNull();
    world.run(2);
    assertThat(call.result).isEqualTo(new CallResult.TimedOut(true));
    world.heal();
    world.run(3_000);
    assertThat(world.cluster().grants()).isEmpty();
    assertThat(world.cluster().waitingCount()).isZero();
  }

  @Test
  void grant_that_comes_after_its_caller_left_is_released_and_the_owner_waits_for_that() {
    open();
    world.delayMaxMillis(20);
    TestCall left = submit(TestCall.lock("o", "x"));
    machine.abandon(left);
    TestCall next = submit(TestCall.lock("o", "x"));
    world.run(500);
    assertThat(left.deliveries).isZero();
    assertThat(next.grant().isHeld()).isTrue();
    assertThat(world.cluster().grants()).hasSize(1);
  }

  @Test
  void unknown_outcome_is_resolved_to_what_happened() {
    open();
    world.cluster().freeze(true);
    TestCall call = submit(TestCall.preempt("o", "x", in(200)));
    world.run(300);
    assertThat(call.result).isInstanceOf(CallResult.Unknown.class);
    long sequence = call.unknownSequence();
    List<CallResult> resolved = new java.util.ArrayList<>();
    assertThat(machine.resolve(sequence, resolved::add)).isTrue();
    assertThat(machine.resolve(sequence, resolved::add)).isFalse();
    world.heal();
    world.run(3_000);
    assertThat(resolved).hasSize(1);
    assertThat(resolved.get(0)).isInstanceOf(CallResult.Refused.class);
    assertThat(world.cluster().grants()).isEmpty();
  }

  @Test
  void doubtful_grant_that_nobody_resolves_is_given_back_after_a_ttl() {
    open();
    world.delayMaxMillis(400);
    TestCall call = submit(TestCall.preempt("o", "x", in(5)));
    world.run(8);
    assertThat(call.result).isInstanceOf(CallResult.Unknown.class);
    world.run(1_500);
    assertThat(world.cluster().grants()).hasSize(1);
    world.run(TTL + 2_000);
    assertThat(world.cluster().grants()).isEmpty();
    assertThat(machine.resolve(call.unknownSequence(), result -> true)).isFalse();
  }

  @Test
  void doubtful_grant_is_handed_to_who_resolves_it() {
    open();
    world.delayMaxMillis(400);
    TestCall call = submit(TestCall.preempt("o", "x", in(5)));
    world.run(1_500);
    List<CallResult> resolved = new java.util.ArrayList<>();
    machine.resolve(call.unknownSequence(), resolved::add);
    assertThat(resolved).hasSize(1);
    assertThat(((CallResult.Granted) resolved.get(0)).grant().isHeld()).isTrue();
    world.run(3 * TTL);
    assertThat(world.cluster().grants()).hasSize(1);
  }

  @Test
  void release_goes_on_after_its_caller_gave_up() {
    open();
    HeldGrant grant = hold("o", "x");
    world.cluster().freeze(true);
    TestCall release = submit(TestCall.release(grant.token(), in(100)));
    world.run(200);
    assertThat(release.result).isInstanceOf(CallResult.Unknown.class);
    world.heal();
    world.run(3_000);
    assertThat(world.cluster().grants()).isEmpty();
  }

  @Test
  void grant_is_not_held_from_the_moment_at_which_its_release_is_asked_for() {
    open();
    HeldGrant submitted = hold("o", "x");
    world.cutAll();
    int sent = client.sent.size();
    machine.submit(TestCall.release(submitted.token(), in(1_000)));
    assertThat(client.sent).hasSize(sent);
    assertThat(submitted.isHeld()).isFalse();
    assertThat(submitted.remainingNanos()).isZero();
    world.run(100);
    HeldGrant announced = hold("o", "y");
    assertThat(machine.giveBack(announced.token())).isSameAs(announced);
    assertThat(announced.isHeld()).isFalse();
    assertThat(machine.giveBack(submitted.token())).isNull();
    submit(TestCall.release(announced.token(), in(1_000)));
    world.run(10);
    assertThat(world.cluster().grants()).isEmpty();
  }

  @Test
  void end_of_a_grant_whose_release_was_asked_for_is_no_loss() {
    open();
    HeldGrant forced = hold("o", "x");
    HeldGrant leased = submitAndHold(TestCall.lease("p", "y", 500));
    HeldGrant kept = hold("q", "z");
    world.cluster().freeze(true);
    for (HeldGrant grant : List.of(forced, leased, kept)) {
      submit(TestCall.release(grant.token(), Call.NEVER));
    }
    world.cluster().forceRelease(forced.token(), "ada");
    world.run(2 * TTL); // the lease runs out, then the session
    assertThat(machine.state()).isEqualTo(SessionState.LOST);
    assertThat(recorder.lost).isEmpty();
    assertThat(forced.loss()).isEqualTo(LossReason.FORCE_RELEASED);
    assertThat(leased.isHeld() || kept.isHeld()).isFalse();
  }

  private HeldGrant submitAndHold(TestCall call) {
    submit(call);
    world.run(10);
    return call.grant();
  }

  @Test
  void overload_is_tried_again_and_reported_when_the_policy_ends() {
    open();
    world.cluster().overload(RefusalReason.OVERLOADED);
    TestCall patient = submit(TestCall.lock("o", "x"));
    world.run(50);
    world.cluster().overload(null);
    world.run(200);
    assertThat(patient.grant().isHeld()).isTrue();
    world.cluster().overload(RefusalReason.TOO_MANY_REQUESTS);
    TestCall refused = submit(TestCall.lock("o", "y"));
    world.run(20_000);
    assertThat(refused.result).isInstanceOf(CallResult.Refused.class);
    // Renewals and releases are refused by no limit.
    submit(TestCall.release(patient.grant().token(), in(1_000)));
    world.run(100);
    assertThat(world.cluster().grants()).isEmpty();
  }

  @Test
  void fixed_lease_ends_by_the_local_clock_before_the_cluster_ends_it() {
    open();
    TestCall call = submit(TestCall.lease("o", "x", 2_000));
    long sentNanos = world.nowNanos();
    world.run(10);
    HeldGrant grant = call.grant();
    world.run(1_940);
    assertThat(grant.isHeld()).isTrue();
    long lateNanos = sentNanos + 1_990 * MILLI;
    world.run((lateNanos - world.nowNanos()) / MILLI);
    assertThat(grant.isHeld()).isFalse();
    assertThat(world.cluster().isCurrent(grant.token())).isTrue();
    assertThat(recorder.lost).containsExactly(grant.token());
    assertThat(machine.state()).isEqualTo(SessionState.HELD);
  }

  @Test
  void fixed_lease_that_was_waited_for_counts_from_the_grant() {
    open();
    HeldGrant first = hold("o", "x");
    TestCall call = submit(TestCall.lease("p", "x", 2_000));
    world.run(5_000);
    submit(TestCall.release(first.token(), in(1_000)));
    world.run(10);
    assertThat(call.grant().remainingNanos()).isBetween(1_800 * MILLI, 2_000 * MILLI);
  }

  @Test
  void extension_spends_the_old_token() {
    open();
    TestCall call = submit(TestCall.lease("o", "x", 1_000));
    world.run(500);
    HeldGrant old = call.grant();
    TestCall extension =
        submit(
            new TestCall(
                new Action.ExtendGrant("o", old.demands(), old.token(), 3_000),
                in(1_000),
                Call.WhenLate.DOUBT));
    world.run(1_000);
    assertThat(extension.grant().isHeld()).isTrue();
    assertThat(extension.grant().token()).isGreaterThan(old.token());
    assertThat(recorder.lost).isEmpty();
  }

  @Test
  void forced_release_is_told_with_the_operator() {
    open();
    HeldGrant grant = hold("o", "x");
    world.cluster().forceRelease(grant.token(), "ada");
    world.run(10);
    assertThat(grant.isHeld()).isFalse();
    assertThat(recorder.story).contains("lost FORCE_RELEASED by ada");
  }

  @Test
  void forced_release_while_away_is_found_out_on_return() {
    open();
    HeldGrant kept = hold("o", "kept");
    HeldGrant taken = hold("o", "taken");
    world.down("a:1");
    world.cluster().forceRelease(taken.token(), "ada");
    world.run(100);
    assertThat(taken.isHeld()).isFalse();
    assertThat(taken.loss()).isEqualTo(LossReason.NOT_HELD);
    assertThat(kept.isHeld()).isTrue();
  }

  @Test
  void session_that_the_cluster_ended_is_lost_at_once() {
    open();
    HeldGrant grant = hold("o", "x");
    TestCall waiting = submit(TestCall.lock("p", "x"));
    world.run(10);
    world.cluster().killSession(recorder.sessionId);
    world.run(10);
    assertThat(machine.state()).isEqualTo(SessionState.LOST);
    assertThat(grant.isHeld()).isFalse();
    assertThat(waiting.result).isInstanceOf(CallResult.SessionOver.class);
    TestCall late = submit(TestCall.lock("q", "x"));
    assertThat(late.result).isInstanceOf(CallResult.SessionOver.class);
  }

  @Test
  void frozen_node_is_left_before_jeopardy() {
    open();
    hold("o", "x");
    world.deaf("a:1");
    world.run(5 * TTL);
    assertThat(recorder.states).containsExactly(SessionState.OPENING, SessionState.HELD);
    assertThat(recorder.story).contains("attached node-b:1");
  }

  @Test
  void one_node_of_three_is_enough() {
    world.down("a:1");
    world.down("b:1");
    open();
    assertThat(recorder.story).contains("attached node-c:1");
  }

  @Test
  void back_off_grows_while_no_node_is_there() {
    world.down("a:1");
    world.down("b:1");
    world.down("c:1");
    client.drive(machine);
    world.run(10_000);
    long attempts = client.sent.size();
    assertThat(attempts).isBetween(8L, 40L);
    world.heal();
    world.run(3_000);
    assertThat(machine.state()).isEqualTo(SessionState.HELD);
  }

  @Test
  void close_releases_everything_and_says_so() {
    open();
    HeldGrant grant = hold("o", "x");
    TestCall waiting = submit(TestCall.lock("p", "x"));
    machine.close(in(2_000));
    machine.advance();
    assertThat(grant.isHeld()).isFalse();
    assertThat(waiting.result).isInstanceOf(CallResult.SessionOver.class);
    assertThat(recorder.ends).isZero();
    world.run(10);
    assertThat(recorder.ends).isEqualTo(1);
    assertThat(world.cluster().sessionIds()).isEmpty();
    assertThat(client.openLines()).isZero();
  }

  @Test
  void close_is_tried_at_other_nodes_and_ends_in_time_without_any() {
    open();
    hold("o", "x");
    world.down("a:1");
    machine.close(in(2_000));
    world.run(100);
    assertThat(recorder.ends).isEqualTo(1);
    assertThat(world.cluster().grants()).isEmpty();

    Recorder other = new Recorder();
    World.Client alone = world.newClient();
    SessionMachine second = newMachine(alone, other);
    alone.drive(second);
    world.run(100);
    world.cluster().freeze(true);
    second.close(in(2_000));
    world.run(1_900);
    assertThat(other.ends).isZero();
    world.run(200);
    assertThat(other.ends).isEqualTo(1);
    assertThat(alone.openLines()).isZero();
  }

  @Test
  void answers_are_acknowledged_so_that_the_cluster_forgets_them() {
    open();
    for (int i = 0; i < 2_000; i++) {
      HeldGrant grant = hold("o", "x");
      submit(TestCall.release(grant.token(), in(1_000)));
    }
    world.run(10);
    assertThat(world.cluster().grants()).isEmpty();
  }

  @Test
  void shared_grants_go_together() {
    open();
    TestCall one =
        submit(
            new TestCall(
                TestCall.locks("o", "x", LockMode.LOCK_MODE_S, Action.Patience.ENDLESS, 0),
                Call.NEVER,
                Call.WhenLate.UNDO));
    TestCall two =
        submit(
            new TestCall(
                TestCall.locks("p", "x", LockMode.LOCK_MODE_S, Action.Patience.ENDLESS, 0),
                Call.NEVER,
                Call.WhenLate.UNDO));
    world.run(10);
    assertThat(one.grant().isHeld()).isTrue();
    assertThat(two.grant().isHeld()).isTrue();
  }

  @Test
  void retry_policy_refuses_values_out_of_range() {
    org.junit.jupiter.api.Assertions.assertThrows(
        IllegalArgumentException.class,
        () -> RetryPolicy.DEFAULT.withDelays(Duration.ZERO, Duration.ofSeconds(1)));
    org.junit.jupiter.api.Assertions.assertThrows(
        IllegalArgumentException.class, () -> RetryPolicy.DEFAULT.withAttemptsMax(0));
  }
}
