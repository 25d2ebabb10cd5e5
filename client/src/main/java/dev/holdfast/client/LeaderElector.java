package dev.holdfast.client;

import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.protocol.FencingToken;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Leads whenever it can: stands in an election, tells when it leads and when it does not, and
 * stands again, until it is closed. Loss of the session, of the cluster or of the network makes it
 * stop and, when they are back, stand again.
 *
 * <pre>{@code
 * try (LeaderElector elector =
 *     LeaderElector.start(holdfast, "jobs/leader", "10.0.0.7:8080", listener)) {
 *   serve();
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class LeaderElector implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.holdfast.client");
  private static final AtomicInteger LAST_ELECTOR = new AtomicInteger();
  private static final long CLOSE_MILLIS = 5_000;

  /** The leader's work, from being told to begin. */
  private enum Work {
    TO_BEGIN,
    BEGUN,
    CALLED_OFF
  }

  private final Holdfast holdfast;
  private final Election election;
  private final byte @Nullable [] proclamation;
  private final LeadershipListener listener;
  private final int number = LAST_ELECTOR.incrementAndGet();
  private final Thread thread = daemon(this::run, "holdfast-elector-" + number);
  private final Object change = new Object();
  private final Watch watch;

  // Guarded by change.
  private boolean closed;
  private @Nullable CompletableFuture<Leadership> candidacy;
  private @Nullable Leadership leadership;
  private Work work = Work.CALLED_OFF;
  private @Nullable Thread worker;

  /** From the beginning of the work until the leadership was given up. */
  private boolean leads;

  private LeaderElector(
      Holdfast holdfast,
      String election,
      byte @Nullable [] proclamation,
      LeadershipListener listener) {
    this.holdfast = holdfast;
    this.election = holdfast.election(election);
    this.proclamation = proclamation;
    this.listener = listener;
    this.watch = this.election.observe(new NewLeaders(listener));
  }

  /**
   * Stands from now on. Does not block.
   *
   * @param holdfast stays yours; to close it ends the elector too, as {@link #close} does
   * @param election the election's lock
   * @param listener told of everything
   */
  public static LeaderElector start(
      Holdfast holdfast, String election, LeadershipListener listener) {
    return started(new LeaderElector(holdfast, election, null, listener));
  }

  /**
   * The same, with something to proclaim whenever it leads.
   *
   * @param proclamation for those who observe, such as where to find the leader; at most 4,096
   *     bytes of UTF-8
   * @throws IllegalArgumentException if it is longer
   */
  public static LeaderElector start(
      Holdfast holdfast, String election, String proclamation, LeadershipListener listener) {
    byte[] bytes = proclamation.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    LockGrant.requireValue(bytes); // not when it leads, on a thread of its own
    return started(new LeaderElector(holdfast, election, bytes, listener));
  }

  private static LeaderElector started(LeaderElector elector) {
    elector.holdfast.began(elector);
    elector.thread.start();
    return elector;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Whether this elector leads now; see {@link Leadership#isLeading}. */
  public boolean isLeading() {
    synchronized (change) {
      return leadership != null && leadership.isLeading();
    }
  }

  /** Who leads at present, linearizable; see {@link Election#leader}. */
  public Optional<Leader> leader() {
    return election.leader();
  }

  /**
   * Stands no more. If it leads, {@link LeadershipListener#onStoppedLeading} is called, and then
   * the leadership is given up. Waits for that at most 5 s, and not at all on the elector's own
   * threads; the rest goes on in the background. An interrupt ends the wait, and its flag stays
   * set.
   */
  @Override
  public void close() {
    callOff();
    Thread working;
    synchronized (change) {
      working = worker;
    }
    Thread current = Thread.currentThread();
    if (!current.equals(thread) && !current.equals(working)) {
      try {
        thread.join(CLOSE_MILLIS);
      } catch (InterruptedException e) {
        current.interrupt();
      }
    }
  }

  /**
   * Waits until its listener was told that it leads no more, at most as long as {@link #close}
   * does, but not for the leader's work to come to its end.
   */
  void awaitGivenUp() {
    long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
    Thread current = Thread.currentThread();
    synchronized (change) {
      if (current.equals(thread) || current.equals(worker)) {
        return;
      }
      try {
        while (leads && System.nanoTime() < untilNanos) {
          waitFor(untilNanos - System.nanoTime());
        }
      } catch (InterruptedException e) {
        current.interrupt();
      }
    }
  }

  /** As {@link #close}, without waiting. */
  void callOff() {
    synchronized (change) {
      closed = true;
      if (candidacy != null) {
        candidacy.cancel(false);
      }
      change.notifyAll();
    }
    watch.close();
  }

  // The elector's thread

  private void run() {
    int failures = 0;
    try {
      while (!isClosed()) {
        Leadership won = stand();
        if (won != null) {
          failures = 0;
          lead(won);
        } else {
          failures++;
          pause(RetryPolicy.DEFAULT.delayNanos(failures, RandomGenerator.getDefault()));
        }
      }
    } catch (InterruptedException e) {
      LOG.log(Level.WARNING, "the elector's thread was interrupted; it stands no more", e);
    } finally {
      holdfast.ended(this);
    }
  }

  private boolean isClosed() {
    synchronized (change) {
      return closed;
    }
  }

  /** Waits until it leads; null if that came to nothing. */
  private @Nullable Leadership stand() throws InterruptedException {
    CompletableFuture<Leadership> standing;
    synchronized (change) {
      if (closed) {
        return null;
      }
      try {
        standing = election.campaignAsync();
      } catch (IllegalStateException e) {
        closed = true; // the client is closed
        return null;
      }
      candidacy = standing;
    }
    try {
      return standing.get();
    } catch (CancellationException | ExecutionException e) {
      if (!isClosed()) {
        LOG.log(Level.DEBUG, "a candidacy for " + election.name() + " came to nothing", e);
      }
      return null;
    } finally {
      synchronized (change) {
        candidacy = null;
      }
    }
  }

  private void lead(Leadership won) throws InterruptedException {
    Thread begun = begin(won);
    if (proclamation != null) {
      var unused =
          won.proclaimAsync(proclamation)
              .whenComplete(
                  (done, failure) -> {
                    if (failure != null) {
                      LOG.log(Level.WARNING, "the leader could not proclaim itself", failure);
                    }
                  });
    }
    var unused = won.whenLost().thenRun(this::look);
    try {
      awaitEnd(won);
    } finally {
      boolean stops = end(begun);
      if (stops) {
        tell(listener::onStoppedLeading);
      }
      // Only now may anybody else lead, unless time has decided already.
      resign(won);
      gaveUp();
    }
    begun.join();
  }

  private Thread begin(Leadership won) {
    FencingToken token = won.token();
    Thread begun = daemon(() -> doWork(token), "holdfast-leading-" + number);
    synchronized (change) {
      leadership = won;
      work = closed ? Work.CALLED_OFF : Work.TO_BEGIN;
      worker = begun;
      leads = !closed;
    }
    begun.start();
    return begun;
  }

  /** On the worker's thread. */
  private void doWork(FencingToken token) {
    synchronized (change) {
      if (work != Work.TO_BEGIN) {
        return;
      }
      work = Work.BEGUN;
    }
    tell(() -> listener.onStartedLeading(token));
  }

  private void look() {
    synchronized (change) {
      change.notifyAll();
    }
  }

  /**
   * Looks at its own clock, and waits for no callback: whoever is late to tell of a loss makes
   * nobody lead for longer.
   */
  private void awaitEnd(Leadership won) throws InterruptedException {
    synchronized (change) {
      while (!closed && won.isLeading()) {
        waitFor(won.remaining().toNanos());
      }
    }
  }

  /** Whether the work had begun, and so ends. */
  private boolean end(Thread begun) {
    synchronized (change) {
      boolean stops = work == Work.BEGUN;
      work = Work.CALLED_OFF;
      leadership = null;
      begun.interrupt();
      return stops;
    }
  }

  private void gaveUp() {
    synchronized (change) {
      leads = false;
      change.notifyAll();
    }
  }

  private static void resign(Leadership won) {
    var unused =
        won.resignAsync()
            .exceptionally(
                failure -> {
                  LOG.log(Level.DEBUG, "the leadership had ended before it was given up", failure);
                  return null;
                });
  }

  private void pause(long nanos) throws InterruptedException {
    long untilNanos = System.nanoTime() + nanos;
    synchronized (change) {
      for (long left = nanos; !closed && left > 0; left = untilNanos - System.nanoTime()) {
        waitFor(left);
      }
    }
  }

  /** For about so long, 1 ms at least, or until something changes. */
  @SuppressWarnings("WaitNotInLoop") // those who call it loop
  private void waitFor(long nanos) throws InterruptedException {
    change.wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
  }

  private static void tell(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException | Error thrown) {
      LOG.log(Level.WARNING, "a listener of an elector has thrown", thrown);
    }
  }

  /** From changes of an election's state to new leaders. */
  private static final class NewLeaders implements ElectionListener {
    private final LeadershipListener listener;
    private long lastToken;

    NewLeaders(LeadershipListener listener) {
      this.listener = listener;
    }

    @Override
    public void changed(Optional<Leader> leader) {
      if (leader.isPresent() && leader.get().token().value() != lastToken) {
        lastToken = leader.get().token().value();
        listener.onNewLeader(leader.get());
      }
    }
  }
}
