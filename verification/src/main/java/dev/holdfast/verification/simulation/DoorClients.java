package dev.holdfast.verification.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * The clients of wires without sessions in a universe. Every fourth universe has some; their dice
 * are their own, so that the others are what they would be without.
 */
final class DoorClients {
  private static final long PEOPLE_OF_FOURTH = 4;

  private final Universe universe;
  private final Dice dice;
  private final List<DoorPerson> people = new ArrayList<>();
  private final int count;

  DoorClients(Universe universe, long seed) {
    this.universe = universe;
    this.dice = new Dice(seed ^ 0x600D);
    this.count = seed % PEOPLE_OF_FOURTH == 1 ? (int) dice.between(1, 4) : 0;
  }

  void begin() {
    for (int i = 1; i <= count; i++) {
      DoorPerson person = new DoorPerson(universe, dice.split(), i);
      people.add(person);
      person.begin();
    }
  }

  /**
   * After everything was mended everybody gives back what he had. Nobody knows which nodes stay
   * away, so some ask several times.
   */
  void requireIdle() {
    long until = universe.scheduler.nowNanos() + 60 * Scheduler.SECOND;
    while (universe.scheduler.nowNanos() < until && !people.stream().allMatch(DoorPerson::isIdle)) {
      universe.scheduler.runFor(Scheduler.SECOND / 2);
    }
    people.forEach(DoorPerson::requireIdle);
  }
}
