package dev.holdfast.cli.shell;

import dev.holdfast.cli.command.LossWords;
import dev.holdfast.cli.command.WaitLine;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.AskedToLetGo;
import dev.holdfast.client.Demand;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockRefusedException;
import dev.holdfast.client.Session;
import dev.holdfast.client.SessionListener;
import dev.holdfast.client.session.SessionState;
import dev.holdfast.protocol.SessionId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The session of a shell, through the client library. */
final class ClientShellLocks implements ShellLocks {
  /** The shell is one owner: what it holds does not stand in its own way. */
  private static final String OWNER = "shell";

  private static final Duration SILENT_AT_MOST = Duration.ofSeconds(1);

  private final Holdfast client;
  private final ConcurrentSkipListMap<Long, Held> held = new ConcurrentSkipListMap<>();
  private volatile Session session;
  private volatile @Nullable News news;
  private volatile @Nullable WaitLine waitLine;

  /**
   * With the session that a client has.
   *
   * @param client closed together with this
   */
  ClientShellLocks(Holdfast client) {
    this.client = client;
    this.session = client.session();
    client.addSessionListener(new Listener());
  }

  @Override
  public Outcome acquire(AcquireRequest request, WaitLine waiting) throws InterruptedException {
    CompletableFuture<LockGrant> granted =
        client.async().acquire(request.owner(OWNER), waiting::news);
    waitLine = waiting;
    try {
      return new Outcome.Granted(keep(await(granted, request.demands().get(0).lock(), waiting)));
    } catch (InterruptedException given) {
      if (!granted.cancel(false) && !granted.isCompletedExceptionally()) {
        // Granted in that very moment: then it is held, and the person is told so.
        return new Outcome.Granted(keep(granted.join()));
      }
      throw given;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LockRefusedException refused) {
        return new Outcome.Refused(refused.reason(), refused.holder().orElse(null), refused);
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      waitLine = null;
      waiting.over();
    }
  }

  private static LockGrant await(
      CompletableFuture<LockGrant> granted, String lock, WaitLine waiting)
      throws InterruptedException, ExecutionException {
    try {
      return granted.get(SILENT_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException stillWaiting) {
      waiting.began(lock);
    }
    return granted.get();
  }

  private Held keep(LockGrant grant) {
    Held holding = new Held(grant, grant.token().value(), System.nanoTime());
    held.put(holding.token, holding);
    var _ =
        grant
            .whenLost()
            .thenAccept(
                loss -> {
                  held.remove(holding.token);
                  tell(told -> told.lost(holding, LossWords.sentence(loss)));
                });
    return holding;
  }

  @Override
  public List<Holding> held() {
    return List.copyOf(held.values());
  }

  @Override
  public SessionState state() {
    return session.state();
  }

  @Override
  public long sessionId() {
    return session.id().map(SessionId::value).orElse(0L);
  }

  @Override
  public void tell(News told) {
    news = told;
  }

  private void tell(Consumer<News> what) {
    News told = news;
    if (told == null) {
      return;
    }
    WaitLine shown = waitLine;
    if (shown != null) {
      shown.makeRoom();
    }
    what.accept(told);
  }

  @Override
  public void close() {
    client.close();
  }

  /** Hears of the present session, and of those to come after a loss. */
  private final class Listener implements SessionListener {
    @Override
    public void stateChanged(Session changed, SessionState from, SessionState to, String why) {
      session = changed;
      tell(told -> told.stateChanged(from, to, why));
    }

    @Override
    public void askedToLetGo(Session holder, AskedToLetGo asked) {
      String by = asked.operator().isEmpty() ? String.valueOf(asked.bySession()) : asked.operator();
      tell(told -> told.askedToLetGo(asked.token().value(), by, asked.detail()));
    }
  }

  /** One grant. */
  private final class Held implements Holding {
    private final LockGrant grant;
    private final long token;
    private final long sinceNanos;

    Held(LockGrant grant, long token, long sinceNanos) {
      this.grant = grant;
      this.token = token;
      this.sinceNanos = sinceNanos;
    }

    @Override
    public long token() {
      return grant.token().value();
    }

    @Override
    public List<Demand> demands() {
      return grant.demands();
    }

    @Override
    public boolean isHeld() {
      return grant.isHeld();
    }

    @Override
    public long heldMillis() {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
    }

    @Override
    public Duration remaining() {
      return grant.remaining();
    }

    @Override
    public void release() {
      held.remove(token);
      grant.release();
    }
  }
}
