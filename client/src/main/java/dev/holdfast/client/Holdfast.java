package dev.holdfast.client;

import dev.holdfast.client.grpc.GrpcNetwork;
import dev.holdfast.protocol.FencingToken;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A client of a Holdfast cluster: one session, any number of locks and threads.
 *
 * <pre>{@code
 * try (Holdfast holdfast = Holdfast.connect("127.0.0.1:5470,127.0.0.1:5480,127.0.0.1:5490")) {
 *   DistributedLock lock = holdfast.lock("orders/42");
 *   lock.lock();
 *   try {
 *     ledger.write(entry, lock.fencingToken());
 *   } finally {
 *     lock.unlock();
 *   }
 * }
 * }</pre>
 *
 * <p>When the session is lost, everything held under it is lost, and nothing of it comes back by
 * itself; the next call opens a new session. Safe for use by many threads.
 */
public final class Holdfast implements AutoCloseable {
  /** Where a node listens for clients unless configured otherwise. */
  public static final int DEFAULT_PORT = 5470;

  private static final int QUEUE_SHOWN = 100;

  /** The client as a whole is one owner in the plain map. */
  private static final String MAP_OWNER = "client";

  private final SessionKeeper keeper;
  private final UUID clientId;
  private final AsyncLocks async;
  private final HoldfastAdmin admin;
  private final HoldfastFiles files;
  private final HoldTable holds = new HoldTable();
  private final ConcurrentHashMap<String, LockGrant> map = new ConcurrentHashMap<>();
  private final Set<LeaderElector> electors = ConcurrentHashMap.newKeySet();

  Holdfast(
      SessionKeeper keeper,
      UUID clientId,
      List<String> endpoints,
      Duration requestTimeout,
      @Nullable GrpcNetwork network) {
    this.keeper = keeper;
    this.clientId = clientId;
    this.async = new AsyncLocks(keeper);
    this.admin =
        HoldfastAdmin.of(endpoints, requestTimeout, network, this::revisionSeen, keeper.history());
    this.files = new HoldfastFiles(keeper, admin.files());
  }

  /**
   * A client with an open session and the default settings.
   *
   * @param endpoints host:port, several apart by commas; any node will do
   * @throws UnavailableException if no node gave it a session within 15 s, or the thread was
   *     interrupted, whose flag is set then
   * @throws OverloadedException if nodes refused it as the last word
   */
  public static Holdfast connect(String endpoints) {
    return builder().endpoints(endpoints).connect();
  }

  /** For other settings. */
  public static HoldfastBuilder builder() {
    return new HoldfastBuilder();
  }

  /**
   * A mutex.
   *
   * @param name the lock's name
   * @throws IllegalArgumentException if that is no lock's name
   */
  public DistributedLock lock(String name) {
    return new DistributedLock(keeper, holds, name, Mode.X);
  }

  /**
   * A read-write lock.
   *
   * @param name the lock's name
   * @throws IllegalArgumentException if that is no lock's name
   */
  public HoldfastReadWriteLock readWriteLock(String name) {
    return new HoldfastReadWriteLock(keeper, holds, name);
  }

  /**
   * A semaphore.
   *
   * @param name its name, which is no other lock's at the same time
   * @param limit how many permits there are, 1 or more; the same for all who use it at one time
   * @throws IllegalArgumentException if that is no lock's name, or no limit
   */
  public HoldfastSemaphore semaphore(String name, int limit) {
    return new HoldfastSemaphore(async, name, limit, request -> request);
  }

  /**
   * Several locks as one.
   *
   * @param demands locks in modes, and permits; 1 to {@value AcquireRequest#DEMANDS_MAX}
   */
  public MultiLock multiLock(Demand... demands) {
    return multiLock(AcquireRequest.of(demands));
  }

  /**
   * Several locks as one, on the terms of a request.
   *
   * @param request its waiting time does not matter
   */
  public MultiLock multiLock(AcquireRequest request) {
    return new MultiLock(async, request);
  }

  /**
   * Locks on whole subtrees of names.
   *
   * @param root the path from which the others count; empty for all names
   * @throws IllegalArgumentException if that is neither empty nor a lock's name
   */
  public LockTree lockTree(String root) {
    return new LockTree(async, root);
  }

  /**
   * The next grant that is handed over to an owner of this client's present session, or the first
   * one of those that were handed over before and that nobody has taken. It is held whether or not
   * somebody takes it: what nobody takes or releases ends with the session.
   *
   * @param owner the key that the giver names; 1 to 128 bytes
   * @return the grant, once; fails with {@link SessionExpiredException} when the session is over.
   *     To cancel the future leaves the grant to the next who asks
   */
  public CompletableFuture<LockGrant> receive(String owner) {
    AcquireRequest.requireOwnerKey(owner);
    LiveSession session = keeper.live();
    return session.received().next(owner);
  }

  /** Locks without threads. */
  public AsyncLocks async() {
    return async;
  }

  /**
   * The plain replicated map: takes the lock for this client as a whole, exclusively and at once,
   * or tells who has it. Blocks for a round trip, at most the request time-out.
   *
   * @param name the lock's name
   * @throws OutcomeUnknownException if no node answered; see {@link AsyncLocks#resolve}
   * @throws InterruptedException at once when interrupted; what is granted all the same is released
   *     in the background
   */
  public PreemptResult preempt(String name) throws InterruptedException {
    // Kept before this thread knows: another one may be refused because of it, and then release it.
    return async.preemptAndWait(
        AcquireRequest.of(name, Mode.X).owner(MAP_OWNER), grant -> map.put(name, grant));
  }

  /**
   * The same for any request; its waiting time does not matter. What is granted belongs to the
   * grant returned, and {@link #release(String)} does not know it.
   *
   * @param request what is wanted
   * @throws OutcomeUnknownException if no node answered; see {@link AsyncLocks#resolve}
   * @throws InterruptedException at once when interrupted; what is granted all the same is released
   *     in the background
   */
  public PreemptResult preempt(AcquireRequest request) throws InterruptedException {
    return async.preemptAndWait(request, grant -> {});
  }

  /**
   * The plain replicated map: releases what {@link #preempt(String)} of this client took.
   *
   * @param name the lock's name
   * @return false if this client does not hold it that way
   * @throws LockLostException if it was lost before
   * @throws OutcomeUnknownException if no node answered in time; the release goes on in the
   *     background
   */
  public boolean release(String name) {
    LockGrant grant = map.get(name);
    if (grant == null) {
      return false;
    }
    try {
      return grant.maybeRelease();
    } finally {
      if (grant.isGivenBack()) {
        map.remove(name, grant);
      }
    }
  }

  /**
   * Releases a grant of this client's session by its token, and waits until the cluster has done
   * so, at most the request time-out. The grant's {@code isHeld()} turns false before anything is
   * sent, and its end is not announced as a loss. Not ended by an interrupt, whose flag stays set.
   *
   * @param token the grant's; a thread that locked it still has to unlock, and is told then
   * @throws LockLostException if the grant had ended before
   * @throws OutcomeUnknownException if no node answered in time; the release goes on in the
   *     background
   */
  public void release(FencingToken token) {
    Releasing.nowByToken(keeper.live(), token.value(), keeper.requestTimeout());
  }

  /**
   * Who holds a lock, linearizable, with up to 100 of those who wait.
   *
   * @param name the lock's name
   * @throws UnavailableException if no node answered
   */
  public LockCheck check(String name) {
    return admin.check(name, Consistency.LINEARIZABLE, QUEUE_SHOWN);
  }

  /**
   * An election on a lock of that name.
   *
   * @param name the lock's name
   * @throws IllegalArgumentException if that is no lock's name
   */
  public Election election(String name) {
    return new Election(this, name);
  }

  /**
   * Watches a lock from now on; see {@link #watch(WatchTarget, long, WatchListener)}.
   *
   * @param lock its name
   * @param listener told what happens
   */
  public Watch watch(String lock, WatchListener listener) {
    return watch(WatchTarget.lock(lock), 0, listener);
  }

  /**
   * Watches what happens to a lock, or to everything below one, without a session. Does not block,
   * and goes on until it is closed, or this client is.
   *
   * @param target what to watch
   * @param fromRevision the first revision whose events are wanted; 0 for those to come. What nodes
   *     do not remember any more is told as {@link WatchListener#resync}
   * @param listener told what happens
   */
  public Watch watch(WatchTarget target, long fromRevision, WatchListener listener) {
    return admin.watch(target, fromRevision, listener);
  }

  /**
   * The present session; if there is none yet, or the last one is over, a new one, opened in the
   * background.
   */
  public Session session() {
    return keeper.live();
  }

  /** The UUID that this client made for itself. */
  public UUID clientId() {
    return clientId;
  }

  /**
   * Questions and operators' commands, over the same endpoints; closed together with this client.
   */
  public HoldfastAdmin cluster() {
    return admin;
  }

  /** The files of the cluster, which only holders of their locks can append to. */
  public HoldfastFiles files() {
    return files;
  }

  /**
   * Closes the session, which releases everything, and ends the client's threads. Before that, ends
   * its electors, so that their listeners are told to stop before anybody else can lead, and waits
   * for that as {@link LeaderElector#close} does. Waits for the cluster at most the close time-out;
   * without an answer the cluster does the same when the TTL runs out. Calls under way fail with
   * {@link SessionExpiredException}, later ones with {@link IllegalStateException}. A second call
   * has no effect. An interrupt does not end it; the flag is set again. Called on the session's own
   * thread, where a callback executor of yours may have put you, it waits in vain for the whole
   * close time-out.
   */
  @Override
  public void close() {
    electors.forEach(LeaderElector::callOff); // all of them at once, and then waits for each
    electors.forEach(LeaderElector::awaitGivenUp);
    admin.close(); // first, so that watches hear that they were closed, and not of a lost network
    keeper.close();
  }

  /**
   * Adds somebody to be told of every session of this client, the present one and those to come.
   *
   * @param listener told on the callback thread
   */
  public void addSessionListener(SessionListener listener) {
    keeper.addListener(listener);
  }

  /** An elector stands from now on. */
  void began(LeaderElector elector) {
    electors.add(elector);
  }

  /** It stands no more, and leads no more. */
  void ended(LeaderElector elector) {
    electors.remove(elector);
  }

  void awaitOpen(Duration limit) {
    keeper.awaitOpen(limit);
  }

  private long revisionSeen() {
    LiveSession session = keeper.ifAny();
    return session == null ? 0 : session.revisionSeen();
  }
}
