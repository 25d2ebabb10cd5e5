package dev.holdfast.client;

import dev.holdfast.client.HoldTable.Hold;
import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.Action.Patience;
import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.client.session.LossReason;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.LockName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A lock of the cluster with the manners of {@link java.util.concurrent.locks.Lock}: it belongs to
 * the thread that locked it, who may lock it again. Objects for one name made by one {@link
 * Holdfast} are one and the same lock. Safe for use by many threads.
 *
 * <p>It is fair: granted in the order in which requests reach the cluster.
 *
 * <p>Unlike a lock of one JVM it can be <em>lost</em>: look at {@link #isHeld()} before you do
 * something that cannot be undone, give {@link #fencingToken()} to the resource, and expect {@link
 * LockLostException} from {@link #unlock()}.
 */
public final class DistributedLock implements Lock {
  private final SessionKeeper keeper;
  private final HoldTable holds;
  private final String name;
  private final Mode mode;
  private final List<dev.holdfast.protocol.v1.Demand> demands;

  DistributedLock(SessionKeeper keeper, HoldTable holds, String name, Mode mode) {
    String problem = LockName.problemWith(name);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    this.keeper = keeper;
    this.holds = holds;
    this.name = name;
    this.mode = mode;
    this.demands =
        List.of(
            dev.holdfast.protocol.v1.Demand.newBuilder()
                .setLock(name)
                .setMode(mode.wire())
                .build());
  }

  /** The lock's name. */
  public String name() {
    return name;
  }

  /**
   * How it is held: {@link Mode#X} for a mutex and a write lock, {@link Mode#S} for a read lock.
   */
  public Mode mode() {
    return mode;
  }

  /**
   * Waits until the lock is held, over changes of leaders and nodes. An interrupt does not end the
   * wait; the flag is set again at the end.
   *
   * @throws SessionExpiredException if the session was lost meanwhile; the lock is not held
   * @throws LockRefusedException for instance {@link RefusalReason#QUEUE_FULL}, or {@link
   *     RefusalReason#ALREADY_HELD} for a thread with the read lock that asks for the write lock
   *     ({@code tryLock} just returns false then)
   * @throws LockLostException if the thread had locked it before and has lost it; unlock it first
   * @throws OverloadedException if the cluster takes no more work, after the retries of the policy
   */
  @Override
  public void lock() {
    Hold hold = holds.get(key());
    if (hold == null) {
      LiveSession session = keeper.live();
      require(session, call(session, Patience.ENDLESS, Call.NEVER).await());
    } else if (!maybeLockAgain(hold)) {
      throw new LockRefusedException(alreadyShared(hold));
    }
  }

  /**
   * As {@link #lock}, but an interrupt ends the wait at once: the client leaves the queue in the
   * background, and releases what is granted all the same. An interrupt that comes after the grant
   * is left to the thread: the lock is held, and the flag set.
   *
   * @throws InterruptedException if interrupted before or while waiting; the lock is not held
   */
  @Override
  public void lockInterruptibly() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before the lock was asked for");
    }
    Hold hold = holds.get(key());
    if (hold == null) {
      LiveSession session = keeper.live();
      require(session, call(session, Patience.ENDLESS, Call.NEVER).awaitInterruptibly());
    } else if (!maybeLockAgain(hold)) {
      throw new LockRefusedException(alreadyShared(hold));
    }
  }

  /**
   * Takes the lock if that is possible at once; never before somebody who waits for it. Takes a
   * round trip to the cluster, at most the request time-out. An interrupt does not end it.
   *
   * @throws UnavailableException if no node answered; the lock is not held
   * @throws SessionExpiredException if the session was lost meanwhile; the lock is not held
   * @throws LockLostException if the thread had locked it before and has lost it; unlock it first
   */
  @Override
  public boolean tryLock() {
    Hold hold = holds.get(key());
    if (hold != null) {
      return maybeLockAgain(hold);
    }
    LiveSession session = keeper.live();
    long deadlineNanos = session.nanosFromNow(keeper.requestTimeout());
    CallResult result = call(session, Patience.NONE, deadlineNanos).await();
    if (result instanceof CallResult.TimedOut) {
      throw Outcomes.failure(result, session);
    }
    return maybeTake(session, result);
  }

  /**
   * Waits for the lock, at most so long by this machine's own clock, whether or not any node
   * answers. With a time of 0 or less it asks once, as {@link #tryLock()}, but without an answer
   * within the request time-out returns false.
   *
   * @return false if the time is over; the lock is not held then, and the client leaves the queue
   *     in the background
   * @throws InterruptedException at once when the thread is interrupted; the lock is not held, and
   *     what is granted all the same is released in the background
   * @throws SessionExpiredException if the session was lost meanwhile; the lock is not held
   * @throws LockLostException if the thread had locked it before and has lost it; unlock it first
   */
  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before the lock was asked for");
    }
    Hold hold = holds.get(key());
    if (hold != null) {
      return maybeLockAgain(hold);
    }
    LiveSession session = keeper.live();
    if (time <= 0) {
      long deadlineNanos = session.nanosFromNow(keeper.requestTimeout());
      return maybeTake(session, call(session, Patience.NONE, deadlineNanos).awaitInterruptibly());
    }
    long deadlineNanos = session.nanosFromNow(Duration.ofNanos(unit.toNanos(time)));
    return maybeTake(session, call(session, Patience.LIMITED, deadlineNanos).awaitInterruptibly());
  }

  /**
   * Gives the lock back, if this is the last of the thread's holds, and waits until the cluster has
   * done so, at most the request time-out. {@link #isHeld} turns false at once, before anything is
   * sent, and what ends the grant from then on is not announced as a loss. Not ended by an
   * interrupt, whose flag stays set. Whatever it throws, the thread does not hold the lock
   * afterwards.
   *
   * @throws IllegalMonitorStateException if the thread does not hold the lock, telling who in this
   *     process does
   * @throws LockLostException with the token, if the lock was lost before, or was released by its
   *     token
   * @throws OutcomeUnknownException if no node answered in time; the release goes on in the
   *     background, so there is nothing to be repeated
   */
  @Override
  public void unlock() {
    HoldTable.Key key = key();
    Hold hold = requireHold(key, "unlock");
    hold.add(mode, -1);
    if (hold.isEmpty()) {
      holds.remove(key);
      giveBack(hold);
    }
  }

  private void giveBack(Hold hold) {
    HeldGrant grant = hold.grant();
    LossReason loss = grant.lossByNow();
    if (!grant.markReleased()) {
      throw Outcomes.givenBack(grant.token());
    }
    Releasing.requireNotLost(hold.session, grant, loss);
    Releasing.now(hold.session, grant, keeper.requestTimeout());
  }

  /**
   * Not offered: a waiting condition would have to give up the lock and get it back in its old
   * state, and over a lost session it cannot. Use a second lock, or poll the condition under the
   * lock.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public Condition newCondition() {
    throw new UnsupportedOperationException(
        "a distributed lock has no conditions: use a second lock, or poll what you wait for under this one");
  }

  /**
   * Whether the current thread holds the lock now. Turns false by this machine's own clock before
   * the cluster can grant the lock to anybody else (as long as clocks run alike to 1 %).
   */
  public boolean isHeld() {
    Hold hold = holds.get(key());
    return hold != null && hold.count(mode) > 0 && hold.grant().isHeld();
  }

  /**
   * How often the current thread has locked it without unlocking; counts on when the lock was lost.
   */
  public int holdCount() {
    Hold hold = holds.get(key());
    return hold == null ? 0 : hold.count(mode);
  }

  /**
   * The token of the current thread's grant; stays the same after a loss, as the resource must
   * refuse it then.
   *
   * @throws IllegalMonitorStateException if the thread has not locked it
   */
  public FencingToken fencingToken() {
    return new FencingToken(requireHold(key(), "ask for the token of").grant().token());
  }

  /** How long the current thread holds it without word from the cluster; zero if it is not held. */
  public Duration remaining() {
    Hold hold = holds.get(key());
    return hold == null || hold.count(mode) == 0
        ? Duration.ZERO
        : Duration.ofNanos(hold.grant().remainingNanos());
  }

  /**
   * Completed when the current thread's grant is lost; never if it is unlocked.
   *
   * @throws IllegalMonitorStateException if the thread has not locked it
   */
  public CompletableFuture<GrantLoss> whenLost() {
    Hold hold = requireHold(key(), "ask for the loss of");
    return hold.session.whenLost(hold.grant()).copy();
  }

  /**
   * Completed when somebody who waits, or an operator, asks the current thread to unlock it; never
   * if it is unlocked before. See {@link LockGrant#whenAskedToLetGo}.
   *
   * @throws IllegalMonitorStateException if the thread has not locked it
   */
  public CompletableFuture<AskedToLetGo> whenAskedToLetGo() {
    Hold hold = requireHold(key(), "ask for questions about");
    return hold.session.whenAskedToLetGo(hold.grant()).copy();
  }

  @Override
  public String toString() {
    return "lock '" + name + "' in mode " + mode;
  }

  private static String ownerOf(HoldTable.Key key) {
    return "thread-" + key.threadId();
  }

  private HoldTable.Key key() {
    return new HoldTable.Key(name, Thread.currentThread().getId());
  }

  private BlockingCall call(LiveSession session, Patience patience, long deadlineNanos) {
    Action action = new Action.AcquireLocks(ownerOf(key()), demands, patience, 0);
    return new BlockingCall(session, action, deadlineNanos, Call.WhenLate.UNDO);
  }

  /**
   * What the thread has already, it gets once more without asking anybody; but never more than it
   * has.
   */
  private boolean maybeLockAgain(Hold hold) {
    LossReason loss = hold.grant().lossByNow();
    if (loss != null) {
      throw Outcomes.lost(hold.grant().token(), loss);
    }
    if (hold.grant().isGivenBack()) {
      throw Outcomes.givenBack(hold.grant().token());
    }
    if (mode == Mode.X && hold.mode() != Mode.X) {
      return false;
    }
    hold.add(mode, 1);
    return true;
  }

  private Refusal alreadyShared(Hold hold) {
    return new Refusal(
        RefusalReason.ALREADY_HELD,
        null,
        name,
        "this thread has the read lock with token "
            + hold.grant().token()
            + "; upgrade the read-write lock, or unlock it before you lock for writing");
  }

  private boolean maybeTake(LiveSession session, CallResult result) {
    if (result instanceof CallResult.TimedOut) {
      return false;
    }
    if (result instanceof CallResult.Refused refused
        && Outcomes.isInTheWay(RefusalReason.of(refused.refused().getReasonValue()))) {
      return false;
    }
    require(session, result);
    return true;
  }

  private void require(LiveSession session, CallResult result) {
    if (!(result instanceof CallResult.Granted granted)) {
      throw Outcomes.failure(result, session);
    }
    Hold hold = new Hold(session, granted.grant(), mode);
    hold.add(mode, 1);
    holds.put(key(), hold);
  }

  /** The current thread's hold, if it has this lock. */
  Hold requireHold(String what) {
    return requireHold(key(), what);
  }

  private Hold requireHold(HoldTable.Key key, String what) {
    @Nullable Hold hold = holds.get(key);
    if (hold == null || hold.count(mode) == 0) {
      throw new IllegalMonitorStateException(
          "thread "
              + key.threadId()
              + " cannot "
              + what
              + " the "
              + this
              + ", which it does not hold: "
              + holds.describe(name));
    }
    return hold;
  }
}
