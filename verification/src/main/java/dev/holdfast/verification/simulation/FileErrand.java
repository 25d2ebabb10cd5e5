package dev.holdfast.verification.simulation;

import com.google.protobuf.ByteString;
import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Wants the locks of files, to append to them, and now and then to remove one. Some do so without a
 * look at whether they hold the lock still: they were stuck, or know no better.
 */
final class FileErrand implements Errand {
  private static final String ABOVE = "files";
  private static final List<String> NAMES = List.of("file_7", "journal", "ledger");

  private final SimulatedClient client;
  private final Universe universe;
  private final FileTruth truth;
  private final Dice dice;
  private final String owner;
  private int appends;
  private int waiting;

  FileErrand(SimulatedClient client, FileTruth truth, Dice dice, String owner) {
    this.client = client;
    this.universe = client.universe;
    this.truth = truth;
    this.dice = dice;
    this.owner = owner;
  }

  @Override
  public List<Demand> demands() {
    TreeSet<String> names = new TreeSet<>();
    if (dice.chance(0.1)) {
      names.add(ABOVE);
    } else {
      names.add(FileTruth.lockOf(dice.pick(NAMES)));
      names.add(FileTruth.lockOf(dice.chance(0.8) ? NAMES.get(0) : dice.pick(NAMES)));
    }
    return names.stream()
        .map(name -> Demand.newBuilder().setLock(name).setMode(mode()).build())
        .sorted(Comparator.comparing(Demand::getLock))
        .toList();
  }

  private LockMode mode() {
    return dice.chance(0.6)
        ? LockMode.LOCK_MODE_X
        : dice.pick(List.of(LockMode.LOCK_MODE_SIX, LockMode.LOCK_MODE_SIX, LockMode.LOCK_MODE_S));
  }

  @Override
  public long leaseMillis() {
    return dice.chance(0.5) ? dice.between(50, 1_500) : 0;
  }

  @Override
  public long holdNanos() {
    // Long enough, now and then, for leases and sessions to run out in the midst of it.
    return dice.chance(0.05)
        ? 2 * client.ttlMillis * Scheduler.MILLI
        : dice.around((dice.chance(0.2) ? 1_500 : 300) * Scheduler.MILLI);
  }

  @Override
  public void begins(HeldGrant grant, long forNanos) {
    int count = (int) dice.between(1, 5);
    for (int i = 0; i < count; i++) {
      later(dice.between(0, forNanos), () -> write(grant));
    }
    if (dice.chance(0.2)) {
      later(forNanos + dice.around(400 * Scheduler.MILLI), () -> write(grant));
    }
    if (dice.chance(0.2)) {
      later(dice.between(0, forNanos), this::read);
    }
  }

  private void later(long localNanos, Runnable action) {
    client.afterLocal(
        localNanos,
        () -> {
          if (!client.isOver() && !client.isClosing() && universe.isBusy()) {
            action.run();
          }
        });
  }

  private void write(HeldGrant grant) {
    long token = dice.chance(0.95) ? grant.token() : tokenOfAnybody(grant);
    String file = dice.chance(0.9) ? guardedBy(grant) : dice.pick(NAMES);
    if (dice.chance(0.05)) {
      truth.asksToDelete(file);
      submit(new Action.WriteFile(grant.owner(), token, file, null, false), _ -> {});
      return;
    }
    boolean rollBack = dice.chance(0.6);
    ByteString data = nextData();
    Append append = truth.asksToAppend(client, file, data, rollBack);
    submit(
        new Action.WriteFile(grant.owner(), token, file, data, rollBack),
        result -> truth.told(append, result));
  }

  private long tokenOfAnybody(HeldGrant grant) {
    List<GrantLedger.Held> all = universe.truth.grants().all();
    return all.isEmpty() ? grant.token() : dice.pick(all).token();
  }

  private String guardedBy(HeldGrant grant) {
    List<Demand> demands = grant.demands();
    String lock = demands.isEmpty() ? ABOVE : dice.pick(demands).getLock();
    return lock.equals(ABOVE) ? dice.pick(NAMES) : lock.substring(ABOVE.length() + 1);
  }

  /** No two appends are of the same bytes; some reach over the borders of the pieces of a file. */
  private ByteString nextData() {
    ByteString mark = ByteString.copyFromUtf8(client.name + owner + "." + ++appends + ";");
    if (dice.chance(0.9)) {
      return mark;
    }
    int more = dice.chance(0.8) ? dice.below(5_000) : (int) dice.between(60_000, 70_000);
    return mark.concat(ByteString.copyFrom(new byte[more]));
  }

  private void submit(Action.WriteFile action, AppCall.Receiver receiver) {
    waiting++;
    client.submit(
        new AppCall(
            action,
            client.clock.nanoTime() + dice.between(1, 2_000) * Scheduler.MILLI,
            dice.chance(0.8) ? Call.WhenLate.DOUBT : Call.WhenLate.UNDO,
            result -> written(result, receiver)));
  }

  private void written(CallResult result, AppCall.Receiver receiver) {
    if (result instanceof CallResult.Unknown unknown && maybeAsk(unknown, receiver)) {
      return;
    }
    waiting--;
    receiver.received(result);
  }

  /** Whether it wants to know what became of it, and will be told. */
  private boolean maybeAsk(CallResult.Unknown unknown, AppCall.Receiver receiver) {
    if (dice.chance(0.2)) {
      client.machine.abandonDoubt(unknown.sequence());
      return false;
    }
    return client.machine.resolve(
        unknown.sequence(),
        result -> {
          waiting--;
          receiver.received(result);
          return true;
        });
  }

  /** Looks into a file at some node; must see all that it was told of. */
  private void read() {
    SimulatedNode node = dice.pick(universe.nodes);
    String file = dice.pick(NAMES);
    List<Append> known = truth.acknowledgedTo(client, file);
    universe.read(client, node, dice, () -> truth.requireRead(node, file, known));
  }

  @Override
  public boolean isWaiting() {
    return waiting > 0;
  }
}
