package dev.holdfast.replication.peer;

import dev.holdfast.replication.NodeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Which process this node takes for each of the others: at any time one. Whoever comes first has
 * the name for as long as it is heard on any of its streams; another process under that name is
 * turned away, since a node that votes twice gives a term two leaders.
 *
 * <p>A process that ended has no streams left and leaves the name at once. One whose machine died
 * may leave streams that nobody closes: they count for no more than {@link #SILENCE_MAX_NANOS}
 * after the last word on them. Safe for use by many threads.
 */
final class Incumbents {
  /**
   * Longer than a living peer is ever silent: each side of a connection asks for a sign of life
   * after {@link Pulse#PING_AFTER_NANOS}, and a link ends after {@link Pulse#SILENCE_MAX_NANOS}.
   */
  static final long SILENCE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(2_000);

  /** A stream on which a process is heard. */
  interface Voice {
    /** When something last came on it, as of {@link System#nanoTime}. */
    long lastHeardNanos();

    /** The other end of its connection, for people. */
    String from();

    /** Ends it, since another process has taken the name. */
    void hush();
  }

  /** What becomes of a process that says its name. */
  sealed interface Verdict {
    /**
     * It speaks for the node.
     *
     * @param replaced what is left of the process that did so before, to be hushed
     */
    record Welcome(List<Voice> replaced) implements Verdict {}

    /**
     * Another process does.
     *
     * @param reason which one and where, for people
     * @param repeated whether the same process was turned away before
     */
    record TurnedAway(String reason, boolean repeated) implements Verdict {}
  }

  private final Map<NodeId, Incumbent> incumbents = new HashMap<>();

  /** Decides on a process that greets on a stream, and remembers it if it is welcome. */
  synchronized Verdict greet(Greeting theirs, Voice voice, long nowNanos) {
    ProcessNumber process = theirs.process();
    if (process == null) {
      return new Verdict.Welcome(List.of());
    }
    Incumbent incumbent = incumbents.get(theirs.node());
    if (incumbent == null || incumbent.isSilent(nowNanos)) {
      Incumbent next = new Incumbent(process, theirs.address());
      next.voices.add(voice);
      incumbents.put(theirs.node(), next);
      return new Verdict.Welcome(incumbent == null ? List.of() : List.copyOf(incumbent.voices));
    }
    if (incumbent.process.equals(process)) {
      incumbent.voices.add(voice);
      return new Verdict.Welcome(List.of());
    }
    return new Verdict.TurnedAway(incumbent.described(), !incumbent.isNews(process));
  }

  /** Forgets a stream that has ended. */
  synchronized void leave(NodeId node, Voice voice) {
    Incumbent incumbent = incumbents.get(node);
    if (incumbent != null && incumbent.voices.remove(voice) && incumbent.voices.isEmpty()) {
      incumbents.remove(node);
    }
  }

  private static final class Incumbent {
    /** Bounds what is remembered for the sake of a shorter log. */
    private static final int TURNED_AWAY_MAX = 64;

    private final ProcessNumber process;
    private final String address;
    private final Set<Voice> voices = new HashSet<>();
    private final Set<ProcessNumber> turnedAway = new HashSet<>();

    Incumbent(ProcessNumber process, String address) {
      this.process = process;
      this.address = address;
    }

    boolean isSilent(long nowNanos) {
      return voices.stream()
          .allMatch(voice -> nowNanos - voice.lastHeardNanos() >= SILENCE_MAX_NANOS);
    }

    boolean isNews(ProcessNumber process) {
      if (turnedAway.size() >= TURNED_AWAY_MAX) {
        turnedAway.clear();
      }
      return turnedAway.add(process);
    }

    String described() {
      String from = voices.stream().map(Voice::from).sorted().findFirst().orElse("nowhere");
      return "process " + process + " at " + address + ", connected from " + from;
    }
  }
}
