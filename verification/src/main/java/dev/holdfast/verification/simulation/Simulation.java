package dev.holdfast.verification.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs seeds. The only way in from outside; knows nothing of threads, and holds nothing. */
public final class Simulation {
  /** Lines of a trace that are shown with a failure. */
  public static final int LINES_SHOWN = 200;

  private Simulation() {}

  /**
   * What became of a seed.
   *
   * @param seed which
   * @param events how many things happened
   * @param simulatedMillis how much time passed in it
   * @param grants how many locks were granted in it
   * @param leaderships how often a leader took over
   * @param traceHash equal for equal runs
   * @param broken the rule that did not hold; null if all did
   * @param failure what happened, for a person; empty if nothing did
   * @param lines the end of the trace, if it was asked for
   */
  public record Report(
      long seed,
      long events,
      long simulatedMillis,
      long grants,
      int leaderships,
      long traceHash,
      @Nullable Rule broken,
      String failure,
      List<String> lines) {
    public Report {
      lines = List.copyOf(lines);
    }

    /** Whether every rule held. */
    public boolean isGood() {
      return broken == null;
    }
  }

  /** Runs a seed without keeping its trace. */
  public static Report run(long seed) {
    return run(seed, 0);
  }

  /** Runs a seed, keeping the last lines of its trace. */
  public static Report run(long seed, int linesMax) {
    Universe universe = new Universe(seed, linesMax);
    Rule broken = null;
    String failure = "";
    try {
      universe.run();
    } catch (RuleBroken e) {
      broken = e.rule();
      failure = String.valueOf(e.getMessage());
    } catch (RuntimeException | Error e) {
      broken = Rule.NO_EXCEPTION;
      failure = stackOf(e);
    }
    return new Report(
        seed,
        universe.scheduler.eventsRun(),
        universe.scheduler.nowNanos() / Scheduler.MILLI,
        universe.truth.grantCount(),
        universe.truth.leaderships(),
        universe.trace.hash(),
        broken,
        failure,
        universe.trace.lines());
  }

  private static String stackOf(Throwable failure) {
    java.io.StringWriter text = new java.io.StringWriter();
    failure.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }
}
