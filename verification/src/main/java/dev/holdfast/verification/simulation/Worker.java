package dev.holdfast.verification.simulation;

import com.google.protobuf.ByteString;
import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a client's program: it wants locks, waits for them or loses patience, holds them for
 * a while or for too long, extends, releases, and wants others.
 */
final class Worker {
  private final SimulatedClient client;
  private final Universe universe;
  private final Dice dice;
  private final String owner;
  private final Errand errand;
  private final List<HeldGrant> holds = new ArrayList<>();
  private @Nullable AppCall asking;
  private boolean endless;
  private int releasing;

  Worker(SimulatedClient client, String owner, Dice dice, Errand errand) {
    this.client = client;
    this.universe = client.universe;
    this.dice = dice;
    this.owner = owner;
    this.errand = errand;
  }

  /** What the owners of workers with such errands begin with. */
  String kind() {
    return owner.substring(0, 1);
  }

  void begin() {
    later(dice.around(100 * Scheduler.MILLI), this::next);
  }

  /** Whether it has asked for something and has no result yet. */
  boolean isWaiting() {
    return asking != null || releasing > 0 || errand.isWaiting();
  }

  boolean isWaitingEndlessly() {
    return asking != null && endless;
  }

  boolean isHolding() {
    return !holds.isEmpty();
  }

  private void later(long localNanos, Runnable action) {
    client.afterLocal(
        localNanos,
        () -> {
          if (!client.isOver() && !client.isClosing()) {
            action.run();
          }
        });
  }

  private void next() {
    if (asking != null || releasing > 0) {
      return;
    }
    if (!universe.isBusy()) {
      return;
    }
    if (dice.chance(0.15)) {
      universe.read(client);
    }
    acquire();
  }

  private void acquire() {
    // Who holds one and waits for another without end may wait for one who waits for the first.
    int kind = dice.below(4);
    long lease = errand.leaseMillis();
    long deadline = client.clock.nanoTime() + dice.between(1, 3_000) * Scheduler.MILLI;
    Action.Patience patience =
        kind == 0
            ? Action.Patience.ENDLESS
            : kind == 1 ? Action.Patience.NONE : Action.Patience.LIMITED;
    Call.WhenLate whenLate = dice.chance(0.5) ? Call.WhenLate.UNDO : Call.WhenLate.DOUBT;
    Action action = new Action.AcquireLocks(owner, errand.demands(), patience, lease, terms());
    endless = kind == 0;
    AppCall call = new AppCall(action, endless ? Call.NEVER : deadline, whenLate, this::acquired);
    asking = call;
    client.submit(call);
    if (dice.chance(0.1)) {
      later(dice.around(300 * Scheduler.MILLI), () -> maybeLeave(call));
    }
  }

  private void maybeLeave(AppCall call) {
    if (asking == call && !call.isSettled()) {
      call.leave();
      asking = null;
      client.machine.abandon(call);
      begin();
    }
  }

  private void acquired(CallResult result) {
    asking = null;
    switch (result) {
      case CallResult.Granted granted -> hold(granted);
      case CallResult.Unknown unknown -> settle(unknown);
      case CallResult.Refused _, CallResult.TimedOut _ -> begin();
      case CallResult.Converted converted -> converted(converted);
      case CallResult.HandedOver _, CallResult.Done _, CallResult.Appended _ -> begin();
      case CallResult.Released _ ->
          throw new RuleBroken(Rule.EXACTLY_ONCE, "an acquire was answered with a release");
      case CallResult.SessionOver _ -> holds.clear();
    }
  }

  private void settle(CallResult.Unknown unknown) {
    if (dice.chance(0.3)) {
      client.machine.abandonDoubt(unknown.sequence());
      begin();
      return;
    }
    boolean patient = dice.chance(0.8);
    boolean asked =
        client.machine.resolve(
            unknown.sequence(),
            result -> {
              if (!patient) {
                begin();
                return false;
              }
              acquired(result);
              return true;
            });
    if (!asked) {
      begin();
    }
  }

  private Action.Terms terms() {
    if (!dice.chance(universe.faults.terms())) {
      return Action.Terms.PLAIN;
    }
    return new Action.Terms(
        dice.chance(0.3) ? dice.between(1, 2_000) : 0,
        dice.chance(0.5) ? dice.between(1, 3_000) : 0,
        dice.chance(0.2),
        dice.below(3) - 1);
  }

  private void hold(CallResult.Granted granted) {
    hold(client.took(granted.grant()));
  }

  /** Another owner gave this. */
  void received(HeldGrant grant) {
    if (client.isClosing()) {
      return;
    }
    hold(client.took(grant));
  }

  private void hold(HeldGrant grant) {
    holds.add(grant);
    long forNanos = errand.holdNanos();
    errand.begins(grant, forNanos);
    if (grant.hasFixedLease() && dice.chance(0.4)) {
      later(forNanos / 2, () -> extend(grant));
    } else if (dice.chance(universe.faults.terms())) {
      later(forNanos / 2, () -> doSomethingWith(grant));
    }
    if (universe.isBusy() && dice.chance(0.05)) {
      return; // holds on to it for as long as it can
    }
    later(forNanos, () -> release(grant.latest()));
    if (dice.chance(0.15)) {
      begin();
    }
  }

  private void doSomethingWith(HeldGrant grant) {
    if (!holds.contains(grant) || asking != null || !universe.isBusy()) {
      return;
    }
    int kind = dice.below(4);
    if (kind < 2) {
      ask(convert(grant), kind == 1 && dice.chance(0.3));
    } else if (kind == 2) {
      ask(setValue(grant), false);
    } else {
      SimulatedClient other = dice.pick(universe.clients);
      if (other.sessionId() != 0) {
        String to = kind() + dice.below(3);
        ask(new Action.HandOverGrant(grant.owner(), grant.token(), other.sessionId(), to), false);
      }
    }
  }

  private Action convert(HeldGrant grant) {
    Demand old = dice.pick(grant.demands());
    Demand.Builder changed = old.toBuilder();
    if (old.getPermits() > 0) {
      changed.setPermits((int) dice.between(1, old.getLimit()));
    } else {
      changed.setMode(
          dice.pick(List.of(LockMode.LOCK_MODE_NL, LockMode.LOCK_MODE_S, LockMode.LOCK_MODE_X)));
    }
    Action.Patience patience =
        dice.pick(List.of(Action.Patience.NONE, Action.Patience.LIMITED, Action.Patience.ENDLESS));
    return new Action.ConvertGrant(
        grant.owner(),
        grant.demands(),
        List.of(changed.build()),
        grant.token(),
        patience,
        dice.below(3) - 1);
  }

  private Action setValue(HeldGrant grant) {
    String lock = dice.pick(grant.demands()).getLock();
    ByteString value = ByteString.copyFromUtf8(owner + dice.below(100));
    return new Action.SetLockValue(
        grant.owner(), grant.token(), lock, dice.chance(0.2) ? null : value);
  }

  private void ask(Action action, boolean withoutEnd) {
    boolean waits =
        action instanceof Action.ConvertGrant c && c.patience() == Action.Patience.ENDLESS;
    endless = waits && withoutEnd;
    long deadline = client.clock.nanoTime() + dice.between(1, 2_000) * Scheduler.MILLI;
    AppCall call =
        new AppCall(
            action,
            endless ? Call.NEVER : deadline,
            dice.chance(0.5) ? Call.WhenLate.UNDO : Call.WhenLate.DOUBT,
            this::acquired);
    asking = call;
    client.submit(call);
  }

  private void converted(CallResult.Converted result) {
    if (result.isReplaced()) {
      forget(result.before());
      hold(client.took(result.grant()));
    } else {
      begin();
    }
  }

  /** A conversion was granted for which nobody waited any more. */
  void continued(HeldGrant before, HeldGrant next) {
    if (holds.remove(before)) {
      client.held.remove(before.token());
      hold(client.tookUp(next));
    }
  }

  private void extend(HeldGrant grant) {
    if (!holds.contains(grant) || asking != null || !universe.isBusy()) {
      return;
    }
    endless = false;
    AppCall call =
        new AppCall(
            new Action.ExtendGrant(
                grant.owner(), grant.demands(), grant.token(), dice.between(100, 4_000)),
            client.clock.nanoTime() + 2 * Scheduler.SECOND,
            Call.WhenLate.DOUBT,
            result -> extended(grant, result));
    asking = call;
    client.submit(call);
  }

  private void extended(HeldGrant old, CallResult result) {
    if (result instanceof CallResult.Granted) {
      forget(old);
    }
    acquired(result);
  }

  private void release(HeldGrant grant) {
    if (!holds.contains(grant)) {
      return;
    }
    forget(grant);
    grant.markReleased();
    releasing++;
    client.submit(
        new AppCall(
            new Action.ReleaseGrant(grant.token()),
            dice.chance(0.5)
                ? Call.NEVER
                : client.clock.nanoTime() + dice.between(1, 2_000) * Scheduler.MILLI,
            Call.WhenLate.DOUBT,
            _ -> {
              releasing--;
              begin();
            }));
  }

  /** Releases whatever it holds. */
  void letGo() {
    if (!client.isOver() && !client.isClosing()) {
      List.copyOf(holds).forEach(this::release);
    }
  }

  private void forget(HeldGrant grant) {
    holds.remove(grant);
    client.held.remove(grant.token());
  }

  void lost(HeldGrant grant) {
    if (holds.remove(grant)) {
      begin();
    }
  }
}
