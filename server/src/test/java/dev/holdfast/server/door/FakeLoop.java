package dev.holdfast.server.door;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The caller's own thread, with a clock that is moved by hand. */
public final class FakeLoop implements DoorLoop {
  private record Timer(long number, long atMillis, Runnable task) {}

  private final List<Timer> timers = new ArrayList<>();
  private long nowMillis;
  private long made;

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public Runnable after(long millis, Runnable task) {
    Timer timer = new Timer(++made, nowMillis + millis, task);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  /** How many things are still to be run. */
  public int timers() {
    return timers.size();
  }

  /** Moves the clock, and runs on the way what is due. */
  public void advance(long millis) {
    long end = nowMillis + millis;
    while (true) {
      Timer next =
          timers.stream()
              .filter(each -> each.atMillis() <= end)
              .min(Comparator.comparingLong(Timer::atMillis))
              .orElse(null);
      if (next == null) {
        break;
      }
      timers.remove(next);
      nowMillis = next.atMillis();
      next.task().run();
    }
    nowMillis = end;
  }

  /** Moves this clock and the cluster's together, in steps of a tenth of a second. */
  public void advance(long millis, FakeCluster cluster) {
    for (long gone = 0; gone < millis; gone += 100) {
      long step = Math.min(100, millis - gone);
      advance(step);
      cluster.advance(step);
    }
  }
}
