package dev.holdfast.verification.simulation;

import java.util.List;

/**
 * How bad a universe is; drawn from its seed, so that some universes are calm, some suffer from one
 * thing only, and some from everything at once. Rates are means of events per true second, other
 * numbers probabilities or nanoseconds.
 *
 * @param nodes 1, 3 or 5
 * @param clients how many client processes there are at a time
 * @param locks over how many names they compete
 * @param clockSpread clocks run at 1 - spread to 1 + spread
 * @param linkNanos mean delay of a message
 * @param lagNanos how much later one of the nodes hears of the log than the others
 * @param slowClients part of the clients that are far away
 * @param slowMessages part of the messages that take up to a second
 * @param peerLoss part of the messages between nodes that get lost with their connection
 * @param peerDuplicates part of the forwarded messages that arrive twice
 * @param cuts of links between nodes, one way or both
 * @param clientCuts of links between a client and a node
 * @param resets of clients' connections
 * @param freezes of a process, as by a long pause
 * @param suspends of a machine, clock included
 * @param kills of nodes
 * @param wipes part of the killed nodes that lose their disk
 * @param clientKills of clients
 * @param wallJumps of a machine's time of day
 * @param snapshots taken by nodes
 * @param operations of somebody who forces releases
 * @param depositions of leaders, for no reason or as a transfer that comes to nothing
 * @param proposalLoss part of the proposals that are not appended
 * @param proposalDuplicates part of the entries that are appended twice
 * @param proposalDelays part of the proposals that others overtake
 * @param fsyncNanos mean time that a disk takes
 * @param tightLimits whether nodes have little room, so that they refuse
 * @param permits part of the requests that want permits of a semaphore
 * @param terms part of the requests that want more than a lock: reservations, priorities, and then
 *     conversions, hand-overs, values
 * @param chaosNanos how long all of this goes on
 */
record Faults(
    int nodes,
    int clients,
    int locks,
    double clockSpread,
    long linkNanos,
    long lagNanos,
    double slowClients,
    double slowMessages,
    double peerLoss,
    double peerDuplicates,
    double cuts,
    double clientCuts,
    double resets,
    double freezes,
    double suspends,
    double kills,
    double wipes,
    double clientKills,
    double wallJumps,
    double snapshots,
    double operations,
    double depositions,
    double proposalLoss,
    double proposalDuplicates,
    double proposalDelays,
    long fsyncNanos,
    boolean tightLimits,
    double permits,
    double terms,
    long chaosNanos) {
  /** Clock rates that differ by more than a client allows for. */
  private static final double SPREAD_TRUSTED = 0.0099;

  static Faults draw(Dice dice) {
    Focus focus = dice.pick(List.of(Focus.values()));
    int nodes = dice.chance(0.75) ? 3 : dice.chance(0.6) ? 5 : 1;
    double spread =
        dice.chance(0.8) ? SPREAD_TRUSTED * dice.part() : SPREAD_TRUSTED + 0.04 * dice.part();
    return new Faults(
        nodes,
        (int) dice.between(1, 5),
        (int) dice.between(1, 6),
        spread,
        upTo(dice, 0.3, 20 * Scheduler.MILLI, 200 * Scheduler.MICRO),
        upTo(dice, focus == Focus.SNAPSHOTS ? 1 : 0.3, 900 * Scheduler.MILLI, 0),
        maybe(dice, 0.5),
        maybe(dice, 0.05),
        maybe(dice, 0.05),
        maybe(dice, 0.1),
        maybe(dice, 0.6),
        maybe(dice, 0.4),
        maybe(dice, 1.0),
        often(dice, focus == Focus.FREEZES, 0.5),
        often(dice, focus == Focus.SLEEP, 0.4),
        often(dice, focus == Focus.CRASHES, 0.4),
        maybe(dice, 0.5),
        maybe(dice, 0.2),
        maybe(dice, 0.5),
        often(dice, focus == Focus.SNAPSHOTS, 4.0),
        often(dice, focus == Focus.SNAPSHOTS, 1.0),
        maybe(dice, 0.4),
        maybe(dice, 0.1),
        maybe(dice, 0.1),
        maybe(dice, 0.1),
        upTo(dice, 0.3, 30 * Scheduler.MILLI, 300 * Scheduler.MICRO),
        dice.chance(0.15),
        maybe(dice, 0.5),
        maybe(dice, 0.5),
        dice.between(2, 25) * Scheduler.SECOND);
  }

  /** What a universe suffers from most; a third of them from nothing in particular. */
  private enum Focus {
    NOTHING,
    EVERYTHING,
    FREEZES,
    SLEEP,
    CRASHES,
    SNAPSHOTS
  }

  private static double often(Dice dice, boolean focus, double max) {
    double usual = maybe(dice, max);
    return focus ? max : usual;
  }

  /**
   * Nothing at half the seeds, else something up to the maximum, small values as often as large.
   */
  private static double maybe(Dice dice, double max) {
    return dice.chance(0.5) ? 0 : max * Math.pow(100, -dice.part());
  }

  private static long upTo(Dice dice, double often, long max, long usual) {
    return dice.chance(often) ? dice.between(usual, max) : usual;
  }

  /** Whether the clocks of any two machines are alike enough for a client to rely on them. */
  boolean clocksAreTrusted() {
    return clockSpread <= SPREAD_TRUSTED;
  }

  MachineClock newClock(Scheduler scheduler, Dice dice) {
    double rate = 1 + clockSpread * (2 * dice.part() - 1);
    return new MachineClock(scheduler, rate, dice.between(0, 1_000_000) * Scheduler.MILLI);
  }

  long messageDelay(Dice dice) {
    return dice.chance(slowMessages)
        ? dice.between(0, Scheduler.SECOND)
        : linkNanos / 2 + dice.around(linkNanos / 2);
  }

  long turnDelay(Dice dice) {
    return dice.between(1, 20 * Scheduler.MICRO);
  }

  /** The same world after everything has been mended. */
  Faults healed() {
    return new Faults(
        nodes,
        clients,
        locks,
        clockSpread,
        200 * Scheduler.MICRO,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        snapshots,
        0,
        0,
        0,
        0,
        0,
        300 * Scheduler.MICRO,
        false,
        permits,
        terms,
        chaosNanos);
  }
}
