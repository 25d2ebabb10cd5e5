package dev.holdfast.client;

import dev.holdfast.client.session.NanoClock;
import dev.holdfast.client.session.Network;
import dev.holdfast.client.session.SessionSettings;
import dev.holdfast.protocol.SessionId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Has the present session, and opens another one when a call comes after it was lost. */
final class SessionKeeper implements AutoCloseable {
  private final SessionSettings settings;
  private final Network network;
  private final Callbacks callbacks;
  private final Duration requestTimeout;
  private final Duration closeTimeout;
  private final @Nullable ClientHistory history;
  private final NanoClock clock;
  private final SecureRandom random = new SecureRandom();
  private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();

  /** Those that somebody may still wait for. */
  private final Set<LiveSession> all = Collections.newSetFromMap(new WeakHashMap<>());

  private volatile @Nullable LiveSession current;

  /** The number of the last one before that; 0 if none was open. */
  private volatile long formerId;

  private boolean closed;

  SessionKeeper(
      SessionSettings settings,
      Network network,
      Callbacks callbacks,
      Duration requestTimeout,
      Duration closeTimeout,
      @Nullable ClientHistory history) {
    this.settings = settings;
    this.network = network;
    this.callbacks = callbacks;
    this.requestTimeout = requestTimeout;
    this.closeTimeout = closeTimeout;
    this.history = history;
    this.clock = history == null ? NanoClock.system() : NanoClock.since(history.originNanos());
  }

  Duration requestTimeout() {
    return requestTimeout;
  }

  /** The recording; null if there is none. */
  @Nullable ClientHistory history() {
    return history;
  }

  /** The present session; a new one if there is none, or it is over. */
  LiveSession live() {
    LiveSession session = current;
    return session != null && !session.isOver() ? session : renewed();
  }

  private synchronized LiveSession renewed() {
    LiveSession session = current;
    if (session != null && !session.isOver()) {
      return session;
    }
    if (closed) {
      throw new IllegalStateException("this Holdfast is closed; connect again");
    }
    if (session != null) {
      formerId = session.id().map(SessionId::value).orElse(formerId);
    }
    LiveSession next =
        new LiveSession(
            settings,
            network,
            clock,
            random,
            callbacks,
            new ArrayList<>(listeners),
            requestTimeout,
            history);
    current = next;
    all.add(next);
    next.start();
    return next;
  }

  /** The present session, even if it is over; opens one if there never was any. */
  LiveSession latest() {
    LiveSession session = current;
    return session != null ? session : live();
  }

  /**
   * Whether the session of this number is over, because there is a later one, even if not yet open.
   */
  boolean isFormer(SessionId id) {
    LiveSession session = latest();
    long present = session.id().map(SessionId::value).orElse(0L);
    return id.value() < present || id.value() <= formerId;
  }

  @Nullable LiveSession ifAny() {
    return current;
  }

  /** Every session, the present one and those to come, tells this listener. */
  synchronized void addListener(SessionListener listener) {
    listeners.add(listener);
    LiveSession session = current; // no other one can come between, as for that it takes this lock
    if (session != null) {
      session.addListener(listener);
    }
  }

  /** Waits until a session is open. */
  void awaitOpen(Duration limit) {
    LiveSession session = live();
    try {
      session.whenOpened().get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while the session was being opened", e);
    } catch (TimeoutException e) {
      throw notOpened(session, "no session within " + limit.toMillis() + " ms; last problem: ", e);
    } catch (ExecutionException e) {
      throw notOpened(session, "", e);
    }
  }

  private static NotAppliedException notOpened(LiveSession session, String what, Exception cause) {
    RefusalReason reason = RefusalReason.of(session.lastRefusal().getNumber());
    String message = what + session.lastProblem();
    if (Outcomes.isOverload(reason)) {
      return new OverloadedException(reason, message);
    }
    return reason == RefusalReason.INVALID_REQUEST
        ? new LockRefusedException(new Refusal(reason, null, null, message))
        : new UnavailableException(message, cause);
  }

  @Override
  public void close() {
    LiveSession session;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      session = current;
    }
    if (session != null) {
      awaitEnd(session);
    }
    network.close();
    List<LiveSession> orphans;
    synchronized (this) {
      orphans = new ArrayList<>(all);
    }
    orphans.forEach(LiveSession::loopEnded);
    callbacks.close();
    if (history != null) {
      history.close();
    }
  }

  private void awaitEnd(LiveSession session) {
    boolean interrupted = false;
    long limitNanos = closeTimeout.toNanos() + TimeUnit.MILLISECONDS.toNanos(100);
    long endNanos = clock.nanoTime() + limitNanos;
    var ended = session.close(closeTimeout);
    while (true) {
      try {
        ended.get(Math.max(0, endNanos - clock.nanoTime()), TimeUnit.NANOSECONDS);
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the close time-out bounds this wait
      } catch (ExecutionException | TimeoutException e) {
        break; // the cluster does the same when the TTL runs out
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
