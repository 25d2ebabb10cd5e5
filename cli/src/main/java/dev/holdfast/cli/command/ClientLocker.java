package dev.holdfast.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.cli.child.HeldLock;
import dev.holdfast.cli.child.Locker;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.ClientTls;
import dev.holdfast.client.FileAppend;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastBuilder;
import dev.holdfast.client.HoldfastFiles;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockLostException;
import dev.holdfast.client.LockRefusedException;
import dev.holdfast.client.PreemptResult;
import dev.holdfast.client.Refusal;
import dev.holdfast.client.RefusalReason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Acquires the lock of {@code holdfast lock} through the client library, under a session of its
 * own.
 */
final class ClientLocker implements Locker {
  private static final Duration SILENT_AT_MOST = Duration.ofSeconds(1);
  private static final Duration RELEASE_AT_MOST = Duration.ofSeconds(5);

  // What the client library takes. What nodes take is up to their configuration.
  private static final Duration TTL_MIN = Duration.ofMillis(100);
  private static final Duration TTL_MAX = Duration.ofDays(1);
  private static final String TTL_RANGE =
      "1s to 10m, unless the nodes are configured otherwise (holdfast info: limits.ttl-min, limits.ttl-max)";

  private final Settings settings;
  private final WaitLine waiting;

  /**
   * How to acquire it.
   *
   * @param endpoints where the nodes are
   * @param request what is wanted
   * @param ttl how long the session outlives its last renewal
   * @param timeout how long to look for a node
   * @param label what the session says about itself
   * @param tls null to speak plainly
   * @param value what is kept with the lock once it is held; null for nothing
   */
  record Settings(
      String endpoints,
      AcquireRequest request,
      Duration ttl,
      Duration timeout,
      String label,
      @Nullable ClientTls tls,
      @Nullable String value) {
    Settings {
      ttl = Limits.within("--ttl", ttl, TTL_MIN, TTL_MAX, TTL_RANGE);
    }

    Settings(
        String endpoints,
        AcquireRequest request,
        Duration ttl,
        Duration timeout,
        String label,
        @Nullable ClientTls tls) {
      this(endpoints, request, ttl, timeout, label, tls, null);
    }

    String lock() {
      return request.demands().get(0).lock();
    }

    boolean mayWait() {
      Duration limit = request.waitAtMost();
      return limit == null || !limit.isZero();
    }
  }

  /**
   * A locker that has not begun.
   *
   * @param settings how to acquire it
   * @param waiting told when it has to wait for longer than a moment, and where it stands
   */
  ClientLocker(Settings settings, WaitLine waiting) {
    this.settings = settings;
    this.waiting = waiting;
  }

  @Override
  public Held acquire() throws InterruptedException {
    HoldfastBuilder builder =
        Holdfast.builder()
            .endpoints(settings.endpoints)
            .sessionTtl(settings.ttl)
            .openTimeout(settings.timeout)
            .requestTimeout(settings.timeout)
            .closeTimeout(Duration.ofSeconds(1))
            .label(settings.label);
    if (settings.tls != null) {
      builder.tls(settings.tls);
    }
    Holdfast client = connect(builder);
    boolean acquired = false;
    try {
      LockGrant grant = settings.mayWait() ? waitFor(client) : preempt(client);
      if (settings.value != null) {
        grant.setValue(settings.lock(), settings.value.getBytes(UTF_8));
      }
      acquired = true;
      return new Held(client, grant, settings.ttl);
    } catch (LockRefusedException refused) {
      throw NotAcquired.failure(settings.request, refused);
    } finally {
      if (!acquired) {
        client.close();
      }
    }
  }

  private Holdfast connect(HoldfastBuilder builder) {
    try {
      return builder.connect();
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          "cannot connect to '" + settings.endpoints + "': " + e.getMessage(),
          "write endpoints as host:port,..., and name PEM files for TLS",
          e);
    } catch (LockRefusedException e) {
      throw e.reason() == RefusalReason.INVALID_REQUEST
          ? new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), "--ttl is " + TTL_RANGE, e)
          : e;
    }
  }

  private LockGrant preempt(Holdfast client) throws InterruptedException {
    return switch (client.preempt(settings.request)) {
      case PreemptResult.Granted(LockGrant grant) -> grant;
      case PreemptResult.Refused(Refusal refusal) ->
          throw NotAcquired.failure(settings.request, refusal.reason(), refusal.holder(), null);
    };
  }

  private LockGrant waitFor(Holdfast client) throws InterruptedException {
    CompletableFuture<LockGrant> granted = client.async().acquire(settings.request, waiting::news);
    try {
      try {
        return granted.get(SILENT_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException stillWaiting) {
        waiting.began(settings.lock());
      }
      return granted.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      waiting.over();
      granted.cancel(false);
    }
  }

  /** The grant, as {@code LockedRun} sees it. */
  static final class Held implements HeldLock {
    private final Holdfast client;
    private final LockGrant grant;
    private final Duration ttl;

    Held(Holdfast client, LockGrant grant, Duration ttl) {
      this.client = client;
      this.grant = grant;
      this.ttl = ttl;
    }

    @Override
    public long token() {
      return grant.token().value();
    }

    void setValue(String lock, byte @Nullable [] value) {
      grant.setValue(lock, value);
    }

    FileAppend append(String file, byte[] bytes, HoldfastFiles.Orphan orphan) {
      return client.files().append(grant, file, bytes, orphan);
    }

    void delete(String file) {
      client.files().delete(grant, file);
    }

    @Override
    public CompletionStage<String> lost() {
      return grant.whenLost().thenApply(LossWords::sentence);
    }

    @Override
    public Releasing release() throws InterruptedException {
      try {
        grant.releaseAsync().get(RELEASE_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
        return new Releasing.Released();
      } catch (ExecutionException e) {
        return e.getCause() instanceof LockLostException lost
            ? new Releasing.LostBefore(String.valueOf(lost.getMessage()))
            : unknown(String.valueOf(e.getCause()));
      } catch (TimeoutException e) {
        return unknown("no node answered");
      } finally {
        client.close();
      }
    }

    @Override
    public void abandon() {
      client.close();
    }

    private Releasing unknown(String problem) {
      return new Releasing.Unknown(
          problem
              + "; it goes at the latest when the session expires, in "
              + Durations.format(ttl.toMillis()));
    }
  }
}
