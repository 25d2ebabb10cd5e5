package dev.holdfast.verification.simulation;

import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Wants locks of all kinds, and nothing but to hold them. */
final class LockErrand implements Errand {
  private final SimulatedClient client;
  private final Universe universe;
  private final Dice dice;

  LockErrand(SimulatedClient client) {
    this.client = client;
    this.universe = client.universe;
    this.dice = client.universe.dice;
  }

  @Override
  public List<Demand> demands() {
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

  @Override
  public long leaseMillis() {
    return dice.chance(0.25) ? dice.between(200, 5_000) : 0;
  }

  @Override
  public long holdNanos() {
    return dice.chance(0.05)
        ? 2 * client.ttlMillis * Scheduler.MILLI
        : dice.around(150 * Scheduler.MILLI);
  }

  @Override
  public void begins(HeldGrant grant, long forNanos) {
    // It does nothing with them.
  }

  @Override
  public boolean isWaiting() {
    return false;
  }
}
