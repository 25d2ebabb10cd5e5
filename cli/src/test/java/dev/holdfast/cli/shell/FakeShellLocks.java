package dev.holdfast.cli.shell;

import dev.holdfast.cli.command.WaitLine;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Demand;
import dev.holdfast.client.HolderInfo;
import dev.holdfast.client.Mode;
import dev.holdfast.client.RefusalReason;
import dev.holdfast.client.session.SessionState;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A session in memory; whoever else there is holds what {@link #others} names. */
final class FakeShellLocks implements ShellLocks {
  static final HolderInfo BOB =
      new HolderInfo(
          new SessionId(13), "main", new FencingToken(60), Mode.X, "host2 pid 8 bob App", 0);

  final Set<String> others = new HashSet<>();
  final List<Holding> held = new ArrayList<>();
  SessionState state = SessionState.HELD;
  News news =
      new News() {
        @Override
        public void stateChanged(SessionState from, SessionState to, String why) {}

        @Override
        public void lost(Holding holding, String why) {}

        @Override
        public void askedToLetGo(long token, String by, String detail) {}
      };

  /** Done when a request has begun to wait, which then waits to be interrupted. */
  Runnable whenWaiting = () -> {};

  private final int locksMax;
  private long lastToken = 100;

  FakeShellLocks(int locksMax) {
    this.locksMax = locksMax;
  }

  private final class Held implements Holding {
    private final long token = ++lastToken;
    private final List<Demand> demands;

    Held(List<Demand> demands) {
      this.demands = demands;
    }

    @Override
    public long token() {
      return token;
    }

    @Override
    public List<Demand> demands() {
      return demands;
    }

    @Override
    public boolean isHeld() {
      return held.contains(this);
    }

    @Override
    public long heldMillis() {
      return 1_500;
    }

    @Override
    public Duration remaining() {
      return Duration.ofMillis(9_100);
    }

    @Override
    public void release() {
      held.remove(this);
    }
  }

  private boolean isHeldHere(String lock) {
    return held.stream()
        .flatMap(each -> each.demands().stream())
        .anyMatch(d -> d.lock().equals(lock));
  }

  @Override
  public Outcome acquire(AcquireRequest request, WaitLine waiting) throws InterruptedException {
    List<String> names = request.demands().stream().map(Demand::lock).toList();
    if (names.stream().anyMatch(this::isHeldHere)) {
      return new Outcome.Refused(RefusalReason.ALREADY_HELD, null, null);
    }
    if (held.size() + names.size() > locksMax) {
      return new Outcome.Refused(RefusalReason.TOO_MANY_LOCKS, null, null);
    }
    if (names.stream().anyMatch(others::contains)) {
      if (request.waitAtMost() == null) {
        whenWaiting.run();
        new CountDownLatch(1).await();
      }
      boolean waits = !Duration.ZERO.equals(request.waitAtMost());
      return new Outcome.Refused(
          waits ? RefusalReason.WAIT_TIMED_OUT : RefusalReason.HELD_BY_ANOTHER, BOB, null);
    }
    Holding granted = new Held(request.demands());
    held.add(granted);
    return new Outcome.Granted(granted);
  }

  @Override
  public List<Holding> held() {
    return List.copyOf(held);
  }

  @Override
  public SessionState state() {
    return state;
  }

  @Override
  public long sessionId() {
    return 57;
  }

  @Override
  public void tell(News told) {
    news = told;
  }

  @Override
  public void close() {
    held.clear();
    state = SessionState.CLOSED;
  }
}
