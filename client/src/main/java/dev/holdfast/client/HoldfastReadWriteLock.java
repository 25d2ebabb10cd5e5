package dev.holdfast.client;

import dev.holdfast.client.HoldTable.Hold;
import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Action.Patience;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.client.session.HeldGrant;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * Many readers or one writer. A waiting writer holds back later readers, so writers do not starve.
 *
 * <p>Both locks may be locked again by their thread. A thread with the write lock may take the read
 * lock too; the cluster frees the lock when both are unlocked. A thread with only the read lock is
 * refused the write lock ({@link RefusalReason#ALREADY_HELD}): it has to {@link #upgrade} what it
 * has, which goes ahead of all who merely want the lock. Two readers who both do that wait for each
 * other, which the cluster finds at once: one of them gets {@link DeadlockException} and goes on
 * reading; let it unlock, so that the other can write.
 */
public final class HoldfastReadWriteLock implements ReadWriteLock {
  private final SessionKeeper keeper;
  private final DistributedLock readLock;
  private final DistributedLock writeLock;

  HoldfastReadWriteLock(SessionKeeper keeper, HoldTable holds, String name) {
    this.keeper = keeper;
    this.readLock = new DistributedLock(keeper, holds, name, Mode.S);
    this.writeLock = new DistributedLock(keeper, holds, name, Mode.X);
  }

  /** The shared lock. */
  @Override
  public DistributedLock readLock() {
    return readLock;
  }

  /** The exclusive lock; the same lock as {@link Holdfast#lock} of that name. */
  @Override
  public DistributedLock writeLock() {
    return writeLock;
  }

  /**
   * From reading to writing: waits until the other readers are gone, and nobody writes in between.
   * One of the thread's read holds becomes a write hold, under a larger fencing token. No effect
   * but that if the thread writes already. An interrupt does not end the wait; the flag is set
   * again.
   *
   * @throws DeadlockException if another reader waits for the same; the thread goes on reading
   * @throws IllegalMonitorStateException if the thread does not hold the read lock
   * @throws LockLostException if the thread has lost it; unlock it then
   * @throws SessionExpiredException if the session was lost meanwhile; nothing is held
   */
  public void upgrade() {
    Hold hold = requireReader();
    HeldGrant grant = hold.grant();
    if (hold.mode() != Mode.X) {
      CallResult result = conversion(hold, grant, Mode.X, Patience.ENDLESS, Call.NEVER).await();
      take(hold, grant, result);
    }
    becomeWriter(hold);
  }

  /**
   * As {@link #upgrade}, but an interrupt ends the wait at once: the thread goes on reading, and if
   * the upgrade is granted all the same, it is undone in the background.
   *
   * @throws InterruptedException if interrupted before or while waiting; the thread goes on reading
   */
  public void upgradeInterruptibly() throws InterruptedException {
    Hold hold = requireReader();
    HeldGrant grant = hold.grant();
    if (hold.mode() != Mode.X) {
      take(
          hold,
          grant,
          conversion(hold, grant, Mode.X, Patience.ENDLESS, Call.NEVER).awaitInterruptibly());
    }
    becomeWriter(hold);
  }

  /**
   * As {@link #upgrade}, at most so long by this machine's own clock.
   *
   * @param time 0 or less: only if that is possible at once
   * @param unit of the time
   * @return false if the time is over; the thread goes on reading then
   * @throws InterruptedException at once when the thread is interrupted; it goes on reading
   */
  public boolean tryUpgrade(long time, TimeUnit unit) throws InterruptedException {
    Hold hold = requireReader();
    HeldGrant grant = hold.grant();
    if (hold.mode() != Mode.X) {
      boolean waits = time > 0;
      Duration limit = waits ? Duration.ofNanos(unit.toNanos(time)) : keeper.requestTimeout();
      CallResult result =
          conversion(
                  hold,
                  grant,
                  Mode.X,
                  waits ? Patience.LIMITED : Patience.NONE,
                  hold.session.nanosFromNow(limit))
              .awaitInterruptibly();
      if (isOutOfReach(result)) {
        return false;
      }
      take(hold, grant, result);
    }
    becomeWriter(hold);
    return true;
  }

  /**
   * From writing to reading, without a moment in which somebody else could write: all write holds
   * of the thread become read holds. The fencing token stays. Takes a round trip to the cluster, at
   * most the request time-out; not ended by an interrupt.
   *
   * @throws IllegalMonitorStateException if the thread does not hold the write lock
   * @throws LockLostException if the thread has lost it; unlock it then
   * @throws OutcomeUnknownException if no node answered in time; the thread is a reader from then
   *     on
   */
  public void downgrade() {
    Hold hold = writeLock.requireHold("downgrade");
    HeldGrant grant = hold.grant();
    BlockingCall call =
        new BlockingCall(
            hold.session,
            action(grant, Mode.S, Patience.NONE),
            hold.session.nanosFromNow(keeper.requestTimeout()),
            Call.WhenLate.DOUBT);
    CallResult result = call.await();
    if (result instanceof CallResult.Converted || result instanceof CallResult.Unknown) {
      hold.convert(grant, Mode.S);
      int writes = hold.count(Mode.X);
      hold.add(Mode.X, -writes);
      hold.add(Mode.S, writes);
    }
    if (!(result instanceof CallResult.Converted)) {
      throw Outcomes.failure(result, grant, hold.session);
    }
  }

  private static boolean isOutOfReach(CallResult result) {
    return result instanceof CallResult.TimedOut
        || (result instanceof CallResult.Refused refused
            && Outcomes.isInTheWay(RefusalReason.of(refused.refused().getReasonValue())));
  }

  private Hold requireReader() {
    return readLock.requireHold("upgrade");
  }

  private static void becomeWriter(Hold hold) {
    hold.add(Mode.S, -1);
    hold.add(Mode.X, 1);
  }

  private void take(Hold hold, HeldGrant before, CallResult result) {
    if (!(result instanceof CallResult.Converted converted)) {
      throw Outcomes.failure(result, before, hold.session);
    }
    hold.convert(converted.grant(), Mode.X);
    if (converted.isReplaced()) {
      before.markReleased();
      hold.session.goesOnAs(before, converted.grant());
    }
  }

  private BlockingCall conversion(
      Hold hold, HeldGrant grant, Mode to, Patience patience, long deadlineNanos) {
    return new BlockingCall(
        hold.session, action(grant, to, patience), deadlineNanos, Call.WhenLate.UNDO);
  }

  private Action action(HeldGrant grant, Mode to, Patience patience) {
    return new Action.ConvertGrant(
        grant.owner(),
        grant.demands(),
        List.of(new Demand(readLock.name(), to).wire()),
        grant.token(),
        patience,
        0);
  }

  @Override
  public String toString() {
    return "read-write lock '" + readLock.name() + "'";
  }
}
