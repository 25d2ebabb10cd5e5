package dev.holdfast.verification.simulation;

import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
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
  private final List<HeldGrant> holds = new ArrayList<>();
  private @Nullable AppCall asking;
  private boolean endless;
  private int releasing;

  Worker(SimulatedClient client, String owner) {
    this.client = client;
    this.universe = client.universe;
    this.dice = client.universe.dice;
    this.owner = owner;
  }

  void begin() {
    later(dice.around(100 * Scheduler.MILLI), this::next);
  }

  /** Whether it has asked for something and has no result yet. */
  boolean isWaiting() {
    return asking != null || releasing > 0;
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
    long lease = dice.chance(0.25) ? dice.between(200, 5_000) : 0;
    long deadline = client.clock.nanoTime() + dice.between(1, 3_000) * Scheduler.MILLI;
    Action.Patience patience =
        kind == 0
            ? Action.Patience.ENDLESS
            : kind == 1 ? Action.Patience.NONE : Action.Patience.LIMITED;
    Call.WhenLate whenLate = dice.chance(0.5) ? Call.WhenLate.UNDO : Call.WhenLate.DOUBT;
    Action action = new Action.AcquireLocks(owner, demands(), patience, lease);
    endless = kind == 0;
    AppCall call = new AppCall(action, endless ? Call.NEVER : deadline, whenLate, this::acquired);
    asking = call;
    client.submit(call);
    if (dice.chance(0.1)) {
      later(dice.around(300 * Scheduler.MILLI), () -> maybeLeave(call));
    }
  }

  private List<Demand> demands() {
    TreeSet<String> names = new TreeSet<>();
    int count = dice.chance(0.15) ? 2 : 1;
    for (int i = 0; i < count; i++) {
      names.add(universe.lockName());
    }
    List<Demand> demands = new ArrayList<>();
    if (dice.chance(universe.faults.permits())) {
      names.removeIf(_ -> dice.chance(0.7));
      int limit = dice.chance(0.97) ? 3 : 2;
      int permits = dice.chance(0.7) ? 1 : (int) dice.between(1, limit);
      demands.add(Demand.newBuilder().setLock("p").setPermits(permits).setLimit(limit).build());
    }
    for (String name : names) {
      LockMode mode =
          dice.chance(0.6)
              ? LockMode.LOCK_MODE_X
              : dice.chance(0.8)
                  ? LockMode.LOCK_MODE_S
                  : dice.pick(
                      List.of(
                          LockMode.LOCK_MODE_IS, LockMode.LOCK_MODE_IX, LockMode.LOCK_MODE_SIX));
      demands.add(Demand.newBuilder().setLock(name).setMode(mode).build());
    }
    demands.sort(Comparator.comparing(Demand::getLock));
    return demands;
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
      case CallResult.Released _,
          CallResult.Converted _,
          CallResult.HandedOver _,
          CallResult.Done _ ->
          throw new RuleBroken(Rule.EXACTLY_ONCE, "an acquire was answered with " + result);
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

  private void hold(CallResult.Granted granted) {
    HeldGrant grant = client.took(granted);
    holds.add(grant);
    long forNanos =
        dice.chance(0.05)
            ? 2 * client.ttlMillis * Scheduler.MILLI
            : dice.around(150 * Scheduler.MILLI);
    if (grant.hasFixedLease() && dice.chance(0.4)) {
      later(forNanos / 2, () -> extend(grant));
    }
    if (universe.isBusy() && dice.chance(0.05)) {
      return; // holds on to it for as long as it can
    }
    later(forNanos, () -> release(grant));
    if (dice.chance(0.15)) {
      begin();
    }
  }

  private void extend(HeldGrant grant) {
    if (!holds.contains(grant) || asking != null || !universe.isBusy()) {
      return;
    }
    endless = false;
    AppCall call =
        new AppCall(
            new Action.ExtendGrant(owner, grant.demands(), grant.token(), dice.between(100, 4_000)),
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
