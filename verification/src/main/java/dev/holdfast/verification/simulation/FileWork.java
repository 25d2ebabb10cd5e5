package dev.holdfast.verification.simulation;

import dev.holdfast.core.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * Those of a universe's clients who append to files. Every eighth universe has some; their dice are
 * their own, so that the others are what they would be without.
 */
final class FileWork {
  private static final long ONE_OF = 8;
  private static final long WHICH = 4;
  private static final int WORKERS_MAX = 2;

  final FileTruth truth;
  private final Dice dice;
  private final boolean present;

  FileWork(GrantLedger grants, long seed) {
    this.truth = new FileTruth(grants);
    this.dice = new Dice(seed ^ 0xF11E);
    this.present = seed % ONE_OF == WHICH;
  }

  /** Something happened in an entry that is applied for the first time anywhere. */
  void onEvent(Event event) {
    if (present) {
      truth.onEvent(event);
    }
  }

  /** A node has applied an entry, whether the first or not. */
  void onApplied(SimulatedNode node, List<Event> events) {
    if (present) {
      truth.onApplied(node, events);
    }
  }

  /** A node has loaded a snapshot. */
  void onRestored(SimulatedNode node) {
    if (present) {
      truth.onRestored(node);
    }
  }

  /** Those of a new client. */
  List<Worker> workersOf(SimulatedClient client) {
    List<Worker> workers = new ArrayList<>();
    long count = present ? dice.between(1, WORKERS_MAX) : 0;
    for (int i = 0; i < count; i++) {
      Dice own = dice.split();
      String owner = "f" + i;
      workers.add(new Worker(client, owner, own, new FileErrand(client, truth, own, owner)));
    }
    return workers;
  }
}
