package dev.holdfast.verification.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line for each event that says something, for whoever has to understand a seed, and a number
 * that two runs of one seed must agree on. The lines are only made when somebody reads them.
 */
final class Trace {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** Bytes put into words name the object, which no two runs have in common. */
  private static final Pattern ADDRESS_OF_BYTES = Pattern.compile("<ByteString@[0-9a-f]+ ");

  private final Scheduler scheduler;
  private final int linesMax;
  private final Deque<String> lines = new ArrayDeque<>();
  private long hash = FNV_OFFSET;

  /**
   * An empty trace.
   *
   * @param linesMax how many of the last lines are kept; 0 for none
   */
  Trace(Scheduler scheduler, int linesMax) {
    this.scheduler = scheduler;
    this.linesMax = linesMax;
  }

  /** Something happened to somebody; {@code number} is what distinguishes it. */
  void tell(String who, String what, long number) {
    tell(who, what, number, null);
  }

  /** The same, with details that cost something to put into words. */
  void tell(String who, String what, long number, @Nullable Supplier<String> details) {
    mix(scheduler.nowNanos());
    mix(who.hashCode());
    mix(what.hashCode());
    mix(number);
    if (linesMax > 0) {
      if (lines.size() == linesMax) {
        lines.removeFirst();
      }
      String more =
          details == null
              ? ""
              : " " + ADDRESS_OF_BYTES.matcher(details.get()).replaceAll("<bytes ");
      lines.addLast(
          String.format(
              "%12.6f  %-4s %s %d%s", scheduler.nowNanos() / 1e9, who, what, number, more));
    }
  }

  private void mix(long number) {
    hash = (hash ^ number) * FNV_PRIME;
    hash ^= hash >>> 29;
  }

  /** Equal for equal runs. */
  long hash() {
    return hash;
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
