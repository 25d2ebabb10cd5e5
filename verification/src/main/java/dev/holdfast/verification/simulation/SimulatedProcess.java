package dev.holdfast.verification.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A process with one thread that decides: what is handed in waits for the next turn, a turn runs
 * all that waits and lets the process act, and between turns it sleeps exactly as long as it asked
 * to, so a wake-up that it forgot is missed here too. It can be frozen (the clock goes on),
 * suspended with its machine (the clock stands still) and killed.
 */
abstract class SimulatedProcess {
  private static final long SPIN_NANOS = 1_000;

  /** More wake-ups in a second than anything needs that waits for time. */
  private static final int WAKES_A_SECOND_MAX = 20_000;

  final Universe universe;
  final String name;
  final MachineClock clock;
  private final Deque<Runnable> inbox = new ArrayDeque<>();
  private final Deque<Runnable> untilThawed = new ArrayDeque<>();
  private boolean turnDue;
  private boolean frozen;
  private int life;
  private boolean alive = true;
  private long wakeNumber;
  private long wakesSinceNanos;
  private int wakes;

  SimulatedProcess(Universe universe, String name, MachineClock clock) {
    this.universe = universe;
    this.name = name;
    this.clock = clock;
  }

  /** Acts after the events of a turn. */
  abstract void settle();

  /** Local nanoseconds until it wants to act although nothing happens. */
  abstract long nanosUntilDue();

  /** It has been frozen, or goes on. */
  void onPause(boolean begins) {}

  boolean isAlive() {
    return alive;
  }

  /** Alive, and its instructions are being executed. */
  boolean isRunning() {
    return alive && !frozen;
  }

  boolean isFrozen() {
    return frozen;
  }

  /** Which life of the process this is. */
  int life() {
    return life;
  }

  /** Hands in an event for the next turn of this life. */
  void hand(Runnable event) {
    if (alive) {
      inbox.add(event);
      maybeTakeTurn();
    }
  }

  /** Another thread of the process does something, at once unless the process is frozen. */
  void onOtherThread(Runnable event) {
    if (frozen) {
      untilThawed.add(event);
    } else if (alive) {
      event.run();
    }
  }

  /** The same, after true time and in this life only. */
  void onOtherThreadAfter(long nanos, Runnable event) {
    int current = life;
    universe.scheduler.after(
        nanos,
        () -> {
          if (current == life) {
            onOtherThread(event);
          }
        });
  }

  private void maybeTakeTurn() {
    if (turnDue || frozen || inbox.isEmpty()) {
      return;
    }
    turnDue = true;
    int current = life;
    universe.scheduler.after(
        universe.faults.turnDelay(universe.dice),
        () -> {
          if (current == life) {
            turnDue = false;
            turn();
          }
        });
  }

  private void turn() {
    if (!isRunning()) {
      return;
    }
    while (!inbox.isEmpty() && alive) {
      inbox.removeFirst().run();
    }
    if (alive) {
      settle();
      planWake();
    }
  }

  private void planWake() {
    long due = nanosUntilDue();
    long number = ++wakeNumber;
    if (due == Long.MAX_VALUE) {
      return;
    }
    int current = life;
    universe.scheduler.after(
        clock.trueNanos(Math.max(SPIN_NANOS, due)),
        () -> {
          if (current == life && number == wakeNumber && isRunning()) {
            requireNoSpin();
            turn();
          }
        });
  }

  private void requireNoSpin() {
    long now = universe.scheduler.nowNanos();
    if (now - wakesSinceNanos > Scheduler.SECOND) {
      wakesSinceNanos = now;
      wakes = 0;
    }
    wakes++;
    if (wakes > WAKES_A_SECOND_MAX) {
      throw new RuleBroken(
          Rule.NOTHING_SPINS, name + " wakes more than " + WAKES_A_SECOND_MAX + " times a second");
    }
  }

  /** Does nothing for a while; its clocks go on, or stand still with the machine. */
  void freeze(long nanos, boolean suspended) {
    if (!isRunning()) {
      return;
    }
    frozen = true;
    if (suspended) {
      clock.suspend();
    }
    universe.trace.tell(name, suspended ? "suspended" : "frozen", nanos);
    onPause(true);
    int current = life;
    universe.scheduler.after(
        nanos,
        () -> {
          if (clock.isSuspended()) {
            clock.resume();
          }
          if (current == life) {
            frozen = false;
            universe.trace.tell(name, "thawed", 0);
            onPause(false);
            while (!untilThawed.isEmpty() && isRunning()) {
              untilThawed.removeFirst().run();
            }
            hand(() -> {});
          }
        });
  }

  /** Is gone from one moment to the next. */
  void kill() {
    alive = false;
    frozen = false;
    turnDue = false;
    life++;
    wakeNumber++;
    inbox.clear();
    untilThawed.clear();
    universe.trace.tell(name, "killed", life);
  }

  /** Begins another life. */
  void revive() {
    alive = true;
    life++;
    universe.trace.tell(name, "started", life);
  }
}
