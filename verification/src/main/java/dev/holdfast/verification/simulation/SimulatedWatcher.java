package dev.holdfast.verification.simulation;

import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.client.watch.WatchMachine;
import dev.holdfast.client.watch.WatchObserver;
import dev.holdfast.client.watch.WatchTransport;
import dev.holdfast.protocol.v1.LockEvent;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.WatchFrame;
import dev.holdfast.protocol.v1.WatchRequest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process that watches: the product's own {@link WatchMachine}, and a listener, often a slow one,
 * who compares what it is told with what the cluster has done.
 */
final class SimulatedWatcher extends SimulatedProcess implements WatchTransport, WatchObserver {
  private final WatchTruth truth;
  private final Dice dice;
  private final WatchTruth.Target target;
  private final long from;
  private final double slow;
  private final long acknowledgedBefore;
  private final WatchMachine machine;
  private @Nullable WatchLink link;

  /** Up to where in the truth everything was told, or was said to have been missed; -1 before. */
  private int told = -1;

  /**
   * A watcher that has not begun.
   *
   * @param dice for what is its own, so that it draws nothing from others
   * @param from the first revision wanted; 0 for those to come
   * @param slow how often its listener takes its time
   */
  SimulatedWatcher(
      Universe universe,
      String name,
      WatchTruth truth,
      Dice dice,
      WatchTruth.Target target,
      long from,
      double slow) {
    super(universe, name, universe.faults.newClock(universe.scheduler, dice));
    this.truth = truth;
    this.dice = dice;
    this.target = target;
    this.from = from;
    this.slow = slow;
    this.acknowledgedBefore = universe.truth.revisionAcknowledged();
    RetryPolicy retry =
        new RetryPolicy(
            Duration.ofMillis(20), 2, Duration.ofSeconds(1), 0.5, 10, Duration.ofSeconds(10));
    this.machine =
        new WatchMachine(
            universe.nodes.stream().map(SimulatedNode::endpoint).toList(),
            false,
            target.from(from),
            retry,
            clock::nanoTime,
            dice.generator(),
            this,
            this);
  }

  void start() {
    universe.trace.tell(name, "watches " + target, from);
    hand(() -> {});
  }

  void close() {
    hand(machine::close);
  }

  @Override
  void settle() {
    machine.advance();
  }

  @Override
  long nanosUntilDue() {
    long wake = machine.nextWakeNanos();
    return wake == Long.MAX_VALUE ? wake : Math.max(0, wake - clock.nanoTime());
  }

  /** The stream that it has at present. */
  @Nullable WatchLink link() {
    return link;
  }

  // Transport

  @Override
  public void open(int stream, String endpoint, WatchRequest request) {
    SimulatedNode node =
        universe.nodes.stream()
            .filter(each -> each.endpoint().equals(endpoint))
            .findFirst()
            .orElseThrow();
    universe.trace.tell(name, "asks " + node.name, request.getFromRevision());
    WatchLink opened = new WatchLink(universe, this, node, stream);
    link = opened;
    opened.open(request);
  }

  @Override
  public void readOneMore(int stream) {
    WatchLink open = link;
    if (open != null && open.number == stream) {
      open.readOneMore();
    }
  }

  @Override
  public void drop(int stream) {
    WatchLink open = link;
    if (open != null && open.number == stream) {
      open.breakOff("dropped by the watcher");
      link = null;
    }
  }

  void frameArrived(int stream, WatchFrame frame) {
    hand(
        () -> {
          universe.trace.tell(name, "hears " + frame.getKindCase(), stream);
          machine.frameArrived(stream, frame);
        });
  }

  void streamClosed(int stream, String why) {
    hand(() -> machine.streamClosed(stream, why));
  }

  // Observer

  @Override
  public void started(long revision) {
    if (from == 0 && revision < acknowledgedBefore) {
      throw broken("begins at " + revision + ", but knew of " + acknowledgedBefore);
    }
    told = truth.firstAfter(revision);
    takeInTime();
  }

  @Override
  public void happened(List<LockEvent> events) {
    for (LockEvent event : events) {
      int next = truth.next(target, told);
      String expected = next < 0 ? "nothing" : truth.at(next);
      if (!expected.equals(WatchTruth.describe(event))) {
        throw broken("was told " + WatchTruth.describe(event) + ", but next is " + expected);
      }
      told = next + 1;
    }
    takeInTime();
  }

  @Override
  public void passedOver(long revision) {
    universe.trace.tell(name, "is to look", revision);
    int next = truth.firstAfter(revision);
    if (next < told) {
      throw broken("is to look at " + revision + ", after it was told of later events");
    }
    told = next;
    takeInTime();
  }

  @Override
  public void disturbed(String why) {
    universe.trace.tell(name, "is disturbed", 0, () -> why);
  }

  @Override
  public void ended(@Nullable Refused refused) {
    if (refused != null) {
      throw broken("was refused for good: " + refused);
    }
  }

  private void takeInTime() {
    boolean delays = universe.isBusy() && dice.chance(slow);
    onOtherThreadAfter(
        delays ? dice.around(2 * Scheduler.SECOND) : dice.around(50 * Scheduler.MICRO),
        () -> hand(machine::taken));
  }

  private RuleBroken broken(String how) {
    return new RuleBroken(Rule.WATCH_GAPLESS, name + " (" + target + ") " + how);
  }

  /** Long after everything was mended, everything has been told. */
  void requireComplete() {
    if (machine.isOver()) {
      return;
    }
    if (told < 0 || machine.completeRevision() < truth.revision()) {
      throw broken("is complete up to " + machine.completeRevision() + " of " + truth.revision());
    }
    int next = truth.next(target, told);
    if (next >= 0) {
      throw broken("was never told " + truth.at(next));
    }
  }
}
