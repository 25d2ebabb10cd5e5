package dev.holdfast.verification.simulation;

import dev.holdfast.core.Event;
import dev.holdfast.server.watch.WatchLimits;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The watchers of a universe and what goes wrong with them. Every third universe has some; their
 * dice are their own, so that the others are what they would be without.
 */
final class Watching {
  private static final long PEOPLE_OF_THIRD = 3;
  private static final long TROUBLE_NANOS = 1_500 * Scheduler.MILLI;

  private final Universe universe;
  private final Dice dice;
  private final WatchTruth truth = new WatchTruth();
  private final List<SimulatedWatcher> watchers = new ArrayList<>();
  private final WatchLimits limits;
  private final int count;
  private int made;

  Watching(Universe universe, long seed) {
    this.universe = universe;
    this.dice = new Dice(~seed);
    this.count = seed % PEOPLE_OF_THIRD == 0 ? (int) dice.between(1, 4) : 0;
    this.limits =
        count == 0 || dice.chance(0.5)
            ? WatchLimits.DEFAULT
            : new WatchLimits(count, (int) dice.between(1, 40), dice.between(1_000, 50_000));
  }

  WatchLimits limits() {
    return limits;
  }

  void begin() {
    for (int i = 0; i < count; i++) {
      newWatcher();
    }
    if (count > 0) {
      troubleLater();
    }
  }

  private void newWatcher() {
    String name = dice.chance(0.2) ? "" : universe.anyName(dice);
    WatchTruth.Target target = new WatchTruth.Target(name, name.isEmpty() || dice.chance(0.5));
    long from = dice.chance(0.7) ? 0 : dice.between(1, truth.revision() + 1);
    double slow = dice.chance(0.4) ? dice.part() : 0;
    SimulatedWatcher watcher =
        new SimulatedWatcher(universe, "w" + ++made, truth, dice.split(), target, from, slow);
    watchers.add(watcher);
    watcher.start();
  }

  private void troubleLater() {
    universe.scheduler.after(
        dice.around(TROUBLE_NANOS),
        () -> {
          if (universe.isBusy()) {
            trouble(dice.pick(watchers));
            troubleLater();
          }
        });
  }

  private void trouble(SimulatedWatcher watcher) {
    @Nullable WatchLink link = watcher.link();
    switch (dice.below(5)) {
      case 0 -> {
        if (link != null) {
          link.breakOff("connection reset by the network");
        }
      }
      case 1 -> {
        if (link != null) {
          link.fallSilent();
        }
      }
      case 2 -> watcher.freeze(dice.around(Scheduler.SECOND), false);
      case 3 -> {
        watcher.close();
        watchers.remove(watcher);
        newWatcher();
      }
      default -> {}
    }
  }

  /** An entry was applied for the first time anywhere. */
  void onApplied(List<Event> events, long revision) {
    if (count > 0) {
      truth.onApplied(events, revision);
    }
  }

  void onKilled(SimulatedNode node) {
    for (SimulatedWatcher watcher : watchers) {
      WatchLink link = watcher.link();
      if (link != null && link.node == node) {
        link.breakOff("connection reset");
      }
    }
  }

  /** Long after everything was mended. */
  void requireComplete() {
    watchers.forEach(SimulatedWatcher::requireComplete);
  }
}
