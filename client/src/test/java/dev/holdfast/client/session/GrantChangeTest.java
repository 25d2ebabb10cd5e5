package dev.holdfast.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.client.fake.FakeCluster;
import dev.holdfast.client.fake.World;
import dev.holdfast.core.LockValue;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Conversions, hand-overs, values and requests to let go, as the session machine sees them. */
class GrantChangeTest {
  private static final long TTL = 9_000;
  private static final long MILLI = 1_000_000;

  private final World world = new World(11, "a:1", "b:1");

  private final class Peer {
    final World.Client surroundings = world.newClient();
    final Recorder recorder = new Recorder();
    final SessionMachine machine =
        new SessionMachine(
            new SessionSettings(
                List.of("a:1", "b:1"), true, "id", "label", TTL, 0, RetryPolicy.DEFAULT, 2_000),
            surroundings.clock(),
            surroundings.wall(),
            new Random(world.random().nextLong()),
            surroundings,
            recorder);

    Peer() {
      surroundings.drive(machine);
      world.run(10);
      assertThat(machine.state()).isEqualTo(SessionState.HELD);
    }

    TestCall submit(TestCall call) {
      machine.submit(call);
      machine.advance();
      return call;
    }

    HeldGrant hold(String owner, String lock, LockMode mode) {
      TestCall call =
          submit(
              new TestCall(
                  TestCall.locks(owner, lock, mode, Action.Patience.NONE, 0),
                  in(1_000),
                  Call.WhenLate.UNDO));
      world.run(50);
      return call.grant();
    }

    TestCall convert(HeldGrant grant, LockMode mode, long deadlineNanos) {
      return submit(conversion(grant, mode, deadlineNanos));
    }

    TestCall handOver(HeldGrant grant, Peer receiver, String owner) {
      Action action =
          new Action.HandOverGrant(
              grant.owner(), grant.token(), receiver.recorder.sessionId, owner);
      return submit(new TestCall(action, in(5_000), Call.WhenLate.DOUBT));
    }
  }

  private static TestCall conversion(HeldGrant grant, LockMode mode, long deadlineNanos) {
    boolean endless = deadlineNanos == Call.NEVER;
    String lock = grant.demands().get(0).getLock();
    Action action =
        new Action.ConvertGrant(
            grant.owner(),
            grant.demands(),
            List.of(Demand.newBuilder().setLock(lock).setMode(mode).build()),
            grant.token(),
            endless ? Action.Patience.ENDLESS : Action.Patience.LIMITED,
            0);
    return new TestCall(action, deadlineNanos, Call.WhenLate.UNDO);
  }

  private long in(long millis) {
    return world.nowNanos() + millis * MILLI;
  }

  private static LockMode modeOf(HeldGrant grant) {
    return grant.demands().get(0).getMode();
  }

  private static CallResult.Converted converted(TestCall call) {
    if (call.result instanceof CallResult.Converted converted) {
      return converted;
    }
    throw new AssertionError("not converted: " + call.result);
  }

  private static RefusalReason refusal(TestCall call) {
    if (call.result instanceof CallResult.Refused refused) {
      return refused.refused().getReason();
    }
    throw new AssertionError("not refused: " + call.result);
  }

  @Test
  void conversion_downwards_keeps_the_token_and_is_relied_on_from_its_sending() {
    Peer peer = new Peer();
    HeldGrant grant = peer.hold("o", "x", LockMode.LOCK_MODE_X);
    TestCall call = peer.convert(grant, LockMode.LOCK_MODE_S, in(1_000));
    assertThat(modeOf(grant)).isEqualTo(LockMode.LOCK_MODE_S);
    assertThat(call.result).isNull();
    world.run(10);
    assertThat(converted(call).isReplaced()).isFalse();
    assertThat(converted(call).grant()).isSameAs(grant);
    assertThat(grant.isHeld()).isTrue();
    assertThat(world.cluster().grants().get(0).demands().get(0).getMode())
        .isEqualTo(LockMode.LOCK_MODE_S);
  }

  @Test
  void conversion_upwards_brings_a_new_grant_and_the_old_one_is_not_held() {
    Peer peer = new Peer();
    HeldGrant grant = peer.hold("o", "x", LockMode.LOCK_MODE_S);
    TestCall call = peer.convert(grant, LockMode.LOCK_MODE_X, Call.NEVER);
    world.run(10);
    HeldGrant next = converted(call).grant();
    assertThat(next.token()).isGreaterThan(grant.token());
    assertThat(next.isHeld()).isTrue();
    assertThat(grant.isHeld()).isFalse();
    assertThat(grant.latest()).isSameAs(grant);
    assertThat(peer.recorder.lost).isEmpty();
    TestCall release = peer.submit(TestCall.release(grant.token(), in(1_000)));
    world.run(10);
    assertThat(refusal(release)).isEqualTo(RefusalReason.STALE_TOKEN);
    assertThat(next.isHeld()).isTrue();
  }

  @Test
  void conversion_that_waits_holds_what_there_was() {
    Peer reader = new Peer();
    Peer other = new Peer();
    HeldGrant mine = reader.hold("o", "x", LockMode.LOCK_MODE_S);
    HeldGrant theirs = other.hold("o", "x", LockMode.LOCK_MODE_S);
    TestCall call = reader.convert(mine, LockMode.LOCK_MODE_X, Call.NEVER);
    world.run(100);
    assertThat(call.result).isNull();
    assertThat(mine.isHeld()).isTrue();
    assertThat(modeOf(mine)).isEqualTo(LockMode.LOCK_MODE_S);
    world.cutAll(); // what it holds is told anew, and its place is found again
    world.run(100);
    assertThat(mine.isHeld()).isTrue();
    other.submit(TestCall.release(theirs.token(), in(1_000)));
    world.run(20);
    assertThat(converted(call).grant().isHeld()).isTrue();
    assertThat(modeOf(converted(call).grant())).isEqualTo(LockMode.LOCK_MODE_X);
  }

  @Test
  void two_readers_who_want_to_write_are_a_deadlock_and_the_victim_reads_on() {
    Peer first = new Peer();
    Peer second = new Peer();
    HeldGrant one = first.hold("one", "x", LockMode.LOCK_MODE_S);
    HeldGrant two = second.hold("two", "x", LockMode.LOCK_MODE_S);
    TestCall waits = first.convert(one, LockMode.LOCK_MODE_X, Call.NEVER);
    world.run(20);
    TestCall closes = second.convert(two, LockMode.LOCK_MODE_X, Call.NEVER);
    world.run(20);
    assertThat(refusal(closes)).isEqualTo(RefusalReason.DEADLOCK);
    if (closes.result instanceof CallResult.Refused refused) {
      assertThat(refused.refused().getDeadlock().getMembersList())
          .extracting(member -> member.getOwner())
          .containsExactly("two", "one");
    }
    assertThat(two.isHeld()).isTrue();
    assertThat(waits.result).isNull();
    second.submit(TestCall.release(two.token(), in(1_000)));
    world.run(20);
    assertThat(converted(waits).grant().isHeld()).isTrue();
  }

  @Test
  void conversion_whose_caller_left_goes_on_as_what_there_was_under_the_new_token() {
    Peer peer = new Peer();
    HeldGrant grant = peer.hold("o", "x", LockMode.LOCK_MODE_S);
    TestCall call = conversion(grant, LockMode.LOCK_MODE_X, Call.NEVER);
    peer.submit(call); // it is granted before anybody can take it back
    call.left = true;
    peer.machine.abandon(call);
    peer.machine.advance();
    world.run(50);
    HeldGrant latest = grant.latest();
    assertThat(latest.token()).isGreaterThan(grant.token());
    assertThat(latest.isHeld()).isTrue();
    assertThat(modeOf(latest)).isEqualTo(LockMode.LOCK_MODE_S);
    assertThat(peer.recorder.lost).isEmpty();
    FakeCluster.Grant there = world.cluster().grants().get(0);
    assertThat(there.token()).isEqualTo(latest.token());
    assertThat(there.demands().get(0).getMode()).isEqualTo(LockMode.LOCK_MODE_S);
    TestCall release = peer.submit(TestCall.release(grant.token(), in(1_000)));
    world.run(20);
    assertThat(release.result).isInstanceOf(CallResult.Released.class);
    assertThat(world.cluster().grants()).isEmpty();
  }

  @Test
  void release_that_comes_while_a_conversion_is_taken_back_releases_what_came_of_it() {
    Peer peer = new Peer();
    HeldGrant grant = peer.hold("o", "x", LockMode.LOCK_MODE_S);
    TestCall call = conversion(grant, LockMode.LOCK_MODE_X, Call.NEVER);
    peer.submit(call);
    call.left = true;
    peer.machine.abandon(call);
    TestCall release = peer.submit(TestCall.release(grant.token(), in(1_000)));
    assertThat(grant.isHeld()).isFalse();
    world.run(50);
    assertThat(world.cluster().grants()).isEmpty();
    assertThat(release.deliveries).isEqualTo(1);
    assertThat(peer.recorder.lost).isEmpty();
  }

  @Test
  void release_is_answered_whenever_it_comes_after_a_conversion_was_taken_back() {
    Peer peer = new Peer();
    world.delayMaxMillis(10);
    for (int after = 0; after <= 60; after++) {
      HeldGrant grant = peer.hold("o" + after, "x" + after, LockMode.LOCK_MODE_IX);
      TestCall call = conversion(grant, LockMode.LOCK_MODE_S, Call.NEVER);
      peer.submit(call); // S is not what there was and more, so what comes of it is given back
      call.left = true;
      peer.machine.abandon(call);
      peer.machine.advance();
      world.run(after);
      TestCall release = peer.submit(TestCall.release(grant.token(), Call.NEVER));
      world.run(200);
      assertThat(release.deliveries).as("after %s ms", after).isEqualTo(1);
      assertThat(world.cluster().grants()).isEmpty();
    }
  }

  @Test
  void conversion_of_what_is_taken_away_is_stale_and_the_loss_is_told_as_it_was() {
    Peer peer = new Peer();
    Peer other = new Peer();
    HeldGrant grant = peer.hold("o", "x", LockMode.LOCK_MODE_S);
    other.hold("o", "x", LockMode.LOCK_MODE_S);
    TestCall call = peer.convert(grant, LockMode.LOCK_MODE_X, Call.NEVER);
    world.run(20);
    world.cluster().forceRelease(grant.token(), "root");
    world.run(20);
    assertThat(refusal(call)).isEqualTo(RefusalReason.STALE_TOKEN);
    assertThat(peer.recorder.story).contains("lost FORCE_RELEASED by root");
  }

  @Test
  void hand_over_ends_here_before_it_begins_there() {
    Peer giver = new Peer();
    Peer receiver = new Peer();
    HeldGrant grant = giver.hold("o", "x", LockMode.LOCK_MODE_X);
    TestCall call = giver.handOver(grant, receiver, "next");
    assertThat(grant.isHeld()).isFalse();
    world.run(20);
    assertThat(receiver.recorder.received).hasSize(1);
    HeldGrant got = receiver.recorder.received.get(0);
    assertThat(call.result).isEqualTo(new CallResult.HandedOver(got.token()));
    assertThat(got.isHeld()).isTrue();
    assertThat(got.owner()).isEqualTo("next");
    assertThat(giver.recorder.lost).isEmpty();
    receiver.submit(TestCall.release(got.token(), in(1_000)));
    world.run(20);
    assertThat(world.cluster().grants()).isEmpty();
  }

  @Test
  void hand_over_that_is_refused_leaves_the_grant_held() {
    Peer giver = new Peer();
    HeldGrant grant = giver.hold("o", "x", LockMode.LOCK_MODE_X);
    Action nowhere = new Action.HandOverGrant("o", grant.token(), 4_711, "next");
    TestCall call = giver.submit(new TestCall(nowhere, in(1_000), Call.WhenLate.DOUBT));
    world.run(20);
    assertThat(refusal(call)).isEqualTo(RefusalReason.UNKNOWN_SESSION);
    assertThat(grant.isHeld()).isTrue();
  }

  @Test
  void hand_over_whose_word_was_lost_is_told_when_the_receiver_is_back() {
    Peer giver = new Peer();
    Peer receiver = new Peer();
    HeldGrant grant = giver.hold("o", "x", LockMode.LOCK_MODE_X);
    receiver.surroundings.pause(true);
    giver.handOver(grant, receiver, "next");
    receiver.surroundings.cutAll();
    world.run(20);
    assertThat(receiver.recorder.received).isEmpty();
    receiver.surroundings.pause(false);
    world.run(200);
    assertThat(receiver.recorder.received).hasSize(1);
    HeldGrant got = receiver.recorder.received.get(0);
    assertThat(got.isHeld()).isTrue();
    for (int i = 0; i < 5; i++) {
      receiver.surroundings.cutAll();
      world.run(200);
    }
    assertThat(receiver.recorder.received).hasSize(1);
    assertThat(got.isHeld()).isTrue();
  }

  @Test
  void received_grant_can_be_converted_and_handed_on() {
    Peer giver = new Peer();
    Peer receiver = new Peer();
    HeldGrant grant = giver.hold("o", "x", LockMode.LOCK_MODE_S);
    giver.handOver(grant, receiver, "next");
    world.run(20);
    TestCall upgrade =
        receiver.convert(receiver.recorder.received.get(0), LockMode.LOCK_MODE_X, Call.NEVER);
    world.run(20);
    HeldGrant writer = converted(upgrade).grant();
    receiver.surroundings.cutAll();
    world.run(200);
    assertThat(writer.isHeld()).isTrue();
    assertThat(receiver.recorder.received).hasSize(1);
    receiver.handOver(writer, giver, "back");
    world.run(20);
    assertThat(giver.recorder.received).hasSize(1);
    assertThat(giver.recorder.received.get(0).isHeld()).isTrue();
    assertThat(writer.isHeld()).isFalse();
  }

  @Test
  void received_fixed_lease_ends_by_itself() {
    Peer giver = new Peer();
    Peer receiver = new Peer();
    TestCall lease = giver.submit(TestCall.lease("o", "x", 2_000));
    world.run(20);
    giver.handOver(lease.grant(), receiver, "next");
    world.run(20);
    HeldGrant got = receiver.recorder.received.get(0);
    assertThat(got.isHeld()).isTrue();
    world.run(2_000);
    assertThat(got.isHeld()).isFalse();
    assertThat(receiver.recorder.lost).containsExactly(got.token());
    assertThat(giver.recorder.lost).isEmpty();
  }

  @Test
  void value_is_set_and_removed_and_a_reader_may_not() {
    Peer peer = new Peer();
    HeldGrant grant = peer.hold("o", "x", LockMode.LOCK_MODE_X);
    TestCall set = peer.submit(value(grant, ByteString.copyFromUtf8("v1")));
    world.run(10);
    assertThat(set.result).isInstanceOf(CallResult.Done.class);
    LockValue value = Objects.requireNonNull(world.cluster().machine().lock("x", 0)).value();
    assertThat(value).isNotNull();
    peer.convert(grant, LockMode.LOCK_MODE_S, in(1_000));
    world.run(10);
    TestCall weak = peer.submit(value(grant, null));
    world.run(10);
    assertThat(refusal(weak)).isEqualTo(RefusalReason.MODE_TOO_WEAK);
  }

  private TestCall value(HeldGrant grant, @org.jspecify.annotations.Nullable ByteString value) {
    return new TestCall(
        new Action.SetLockValue(grant.owner(), grant.token(), "x", value),
        in(1_000),
        Call.WhenLate.DOUBT);
  }

  @Test
  void holder_is_asked_to_let_go_by_who_waits_and_by_operators() {
    Peer holder = new Peer();
    Peer waiter = new Peer();
    HeldGrant grant = holder.hold("o", "x", LockMode.LOCK_MODE_X);
    Action ask = new Action.AskRevocation(grant.token(), "x", "please");
    TestCall early = waiter.submit(new TestCall(ask, in(1_000), Call.WhenLate.DOUBT));
    world.run(10);
    assertThat(refusal(early)).isEqualTo(RefusalReason.NOT_WAITING);
    waiter.submit(TestCall.lock("w", "x"));
    world.run(10);
    TestCall asked = waiter.submit(new TestCall(ask, in(1_000), Call.WhenLate.DOUBT));
    world.run(10);
    assertThat(asked.result).isInstanceOf(CallResult.Done.class);
    world.cluster().askRevocation(grant.token(), "root", "now");
    world.run(10);
    assertThat(holder.recorder.story)
        .contains(
            "asked to let go by session " + waiter.recorder.sessionId + ": please",
            "asked to let go by root: now");
    assertThat(grant.isHeld()).isTrue();
  }
}
