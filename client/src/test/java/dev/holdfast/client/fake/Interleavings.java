package dev.holdfast.client.fake;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jspecify.annotations.Nullable;

/**
 * Runs small scenarios of several threads under Lincheck's model checker, which decides at every
 * access to shared memory who goes on, and repeats the scenario with another order.
 *
 * <p>What has to be known of Lincheck 3.7, found out by races that it did not find:
 *
 * <ul>
 *   <li>It assumes sequential consistency: a {@code volatile} that is missing is not found by it.
 *   <li>On a JDK 25 it does not notice that an object is shared by way of {@code new
 *       Thread(runnable)}, and then sees no race in it. It notices the threads of {@link #start}.
 *   <li>It does not see that a thread is started by way of a method reference or of a subclass's
 *       name; then the test hangs.
 *   <li>{@code LockSupport.park} may return without a reason, so a forgotten {@code unpark} is not
 *       found.
 *   <li>It compares the objects that it meets by {@code equals}, which AssertJ's assertions refuse:
 *       hence {@link #check}.
 *   <li>It takes an order for hung that is not through after 30 s by the clock on the wall, as
 *       happens on a machine that has too much to do: hence the second try in {@link #explore}.
 *   <li>What a thread of the scenario throws does not fail it: hence {@link Worker#failure}.
 * </ul>
 */
public final class Interleavings {
  private Interleavings() {}

  /** Tries a scenario in so many orders, at most; it fails if an order makes it throw. */
  public static void explore(int ordersMax, Runnable scenario) {
    try {
      Lincheck.runConcurrentTest(ordersMax, scenario);
    } catch (LincheckAssertionError failed) {
      if (!String.valueOf(failed.getMessage()).contains("has hung")) {
        throw failed;
      }
      // The orders are the same each time, so what really hangs does so again.
      Lincheck.runConcurrentTest(ordersMax, scenario);
    }
  }

  /** Fails the scenario unless this holds. */
  public static void check(boolean holds, String claim) {
    if (!holds) {
      throw new AssertionError("not so: " + claim);
    }
  }

  /** Runs these at the same time, and returns when all of them are done. */
  public static void together(Runnable... works) {
    for (Worker worker : start(works)) {
      worker.await();
    }
  }

  /** Begins to run these at the same time. */
  public static List<Worker> start(Runnable... works) {
    List<Worker> workers = new ArrayList<>();
    for (Runnable work : works) {
      workers.add(new Worker(work));
    }
    for (Thread thread : workers) {
      thread.start();
    }
    return workers;
  }

  /** A thread of a scenario. */
  public static final class Worker extends Thread {
    private final Runnable work;
    private @Nullable Throwable failure;

    private Worker(Runnable work) {
      this.work = work;
    }

    @Override
    public void run() {
      try {
        work.run();
      } catch (RuntimeException | AssertionError thrown) {
        failure = thrown;
      }
    }

    /** Waits for its end, whatever interrupts come, and fails as it did. */
    public void await() {
      Thread thread = this;
      boolean interrupted = false;
      while (true) {
        try {
          thread.join();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure != null) {
        throw new AssertionError("in a thread of the scenario: " + failure.getMessage(), failure);
      }
    }
  }
}
