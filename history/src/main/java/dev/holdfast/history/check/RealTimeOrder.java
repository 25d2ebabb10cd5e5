package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine.Consistency;
import dev.holdfast.history.ClientLine.LockRead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whatever was asked for after something else was known has a greater revision. For each clock, one
 * walk over the beginnings in the order of time, with the greatest revision that was known by then.
 *
 * <p>As the revision is the order in which everything took effect, this and the replay together are
 * linearizability: no search is needed.
 */
final class RealTimeOrder {
  /** Something that was known at a moment. */
  private record Known(long nanos, long revision, @Nullable LocatedLine at, String what) {}

  /** Something that was asked for at a moment, and the first revision that it took. */
  private record Asked(long nanos, long revision, RequestFacts facts, @Nullable LocatedLine at) {}

  /** What belongs to one clock. */
  private static final class OnClock {
    final List<Known> answered = new ArrayList<>();
    final List<Known> tokens = new ArrayList<>();
    final List<Known> shown = new ArrayList<>();
    final List<AppliedBy> applied = new ArrayList<>();
    final List<Asked> asked = new ArrayList<>();
    final List<Evidence.Timed<LockRead>> linearizable = new ArrayList<>();
  }

  /** Walks through what was known, and says what the greatest was before a moment. */
  private static final class Greatest {
    private final List<Known> known;
    private int next;
    private @Nullable Known greatest;

    Greatest(List<Known> known) {
      known.sort(Comparator.comparingLong(Known::nanos));
      this.known = known;
    }

    @Nullable Known before(long nanos) {
      while (next < known.size() && known.get(next).nanos < nanos) {
        Known candidate = known.get(next++);
        if (greatest == null || candidate.revision > greatest.revision) {
          greatest = candidate;
        }
      }
      return greatest;
    }
  }

  /**
   * Walks through what a node applied. Where its times are out of order it stops too early, which
   * proves less and nothing wrong.
   */
  private static final class AppliedBy {
    private final NodeLog log;
    private int next;
    private long greatest = -1;
    private long atNanos;

    AppliedBy(NodeLog log) {
      this.log = log;
    }

    void walkTo(long nanos) {
      while (next < log.lines() && log.atNanosOf(next) < nanos) {
        if (log.revisionOf(next) > greatest) {
          greatest = log.revisionOf(next);
          atNanos = log.atNanosOf(next);
        }
        next++;
      }
    }
  }

  private final Evidence evidence;
  private final Findings findings;
  private final Map<Integer, OnClock> clocks = new HashMap<>();

  RealTimeOrder(Evidence evidence, Findings findings) {
    this.evidence = evidence;
    this.findings = findings;
  }

  void check() {
    collectRequests();
    collectReads();
    collectApplied();
    for (OnClock clock : clocks.values()) {
      checkRequests(clock);
      checkReads(clock);
    }
    checkEachClientsReads();
    checkAnsweredWhenApplied();
    if (clocks.size() > 1) {
      findings.unchecked(
          "the recordings are on "
              + clocks.size()
              + " clocks: what happened before what was compared on each of them only");
    }
  }

  private OnClock on(int clock) {
    return clocks.computeIfAbsent(clock, unused -> new OnClock());
  }

  private void collectRequests() {
    for (RequestFacts facts : evidence.requests.values()) {
      if (!facts.isClients) {
        continue;
      }
      OnClock clock = on(facts.clock);
      Answer answer = facts.answer;
      if (answer != null) {
        Known known =
            new Known(facts.answeredNanos, answer.revision(), facts.answerAt, "was answered");
        clock.answered.add(known);
        if (answer instanceof Answer.Granted) {
          clock.tokens.add(known);
        }
      }
      long revision = facts.ticket != 0 ? facts.ticket : facts.revision();
      if (facts.queued != null) {
        revision = facts.queued.revision();
      }
      if (facts.asked != null && revision != 0) {
        clock.asked.add(new Asked(facts.invokedNanos, revision, facts, facts.askedAt));
      }
    }
  }

  private void collectReads() {
    for (Evidence.Timed<LockRead> read : evidence.reads) {
      OnClock clock = on(read.clock());
      LockRead line = read.line();
      clock.shown.add(new Known(line.answeredNanos(), line.revision(), read.at(), "was read"));
      if (line.consistency() == Consistency.LINEARIZABLE) {
        clock.linearizable.add(read);
      }
    }
  }

  private void collectApplied() {
    for (NodeLog log : evidence.nodes) {
      on(log.clock).applied.add(new AppliedBy(log));
    }
  }

  /** The greatest revision that any node had applied before a moment. */
  private @Nullable Known appliedBefore(OnClock clock, long nanos) {
    AppliedBy greatest = null;
    for (AppliedBy node : clock.applied) {
      node.walkTo(nanos);
      if (node.greatest >= 0 && (greatest == null || node.greatest > greatest.greatest)) {
        greatest = node;
      }
    }
    if (greatest == null) {
      return null;
    }
    Step step = evidence.steps.get(greatest.greatest);
    LocatedLine at = step == null ? null : step.at;
    return new Known(greatest.atNanos, greatest.greatest, at, "was applied");
  }

  private void checkRequests(OnClock clock) {
    clock.asked.sort(Comparator.comparingLong(Asked::nanos));
    Greatest answered = new Greatest(clock.answered);
    Greatest tokens = new Greatest(clock.tokens);
    Greatest shown = new Greatest(clock.shown);
    for (Asked asked : clock.asked) {
      Known token = tokens.before(asked.nanos);
      Known answer = answered.before(asked.nanos);
      Known step = appliedBefore(clock, asked.nanos);
      Known read = shown.before(asked.nanos);
      boolean granted = asked.facts.answer instanceof Answer.Granted;
      if (granted && token != null && asked.facts.revision() <= token.revision) {
        report(Rule.TOKEN_NOT_INCREASING, asked, token);
      } else {
        compare(Rule.REAL_TIME_ORDER, asked, later(answer, step));
      }
      compare(Rule.READ_FROM_FUTURE, asked, read);
    }
  }

  private static @Nullable Known later(@Nullable Known one, @Nullable Known other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return other.revision > one.revision ? other : one;
  }

  private void compare(Rule rule, Asked asked, @Nullable Known known) {
    if (known == null) {
      return;
    }
    findings.checked(rule);
    if (asked.revision <= known.revision) {
      report(rule, asked, known);
    }
  }

  private void report(Rule rule, Asked asked, Known known) {
    findings.report(
        rule,
        "%s was asked for at %d ns and took revision %d, though revision %d %s at %d ns already"
            .formatted(
                asked.facts.key,
                asked.nanos,
                asked.revision,
                known.revision,
                known.what,
                known.nanos),
        known.at,
        asked.at);
  }

  private void checkReads(OnClock clock) {
    List<Known> answered = new ArrayList<>(clock.answered);
    for (Evidence.Timed<LockRead> read : clock.linearizable) {
      LockRead line = read.line();
      answered.add(new Known(line.answeredNanos(), line.revision(), read.at(), "was read"));
    }
    Greatest greatest = new Greatest(answered);
    clock.linearizable.sort(Comparator.comparingLong(read -> read.line().invokedNanos()));
    for (Evidence.Timed<LockRead> read : clock.linearizable) {
      LockRead line = read.line();
      Known known = greatest.before(line.invokedNanos());
      findings.checked(Rule.READ_STALE);
      if (known != null && line.revision() < known.revision) {
        findings.report(
            Rule.READ_STALE,
            "a linearizable read of %s, asked for at %d ns, shows revision %d, though revision %d %s"
                    .formatted(
                        line.lock(),
                        line.invokedNanos(),
                        line.revision(),
                        known.revision,
                        known.what)
                + " at %d ns already".formatted(known.nanos),
            known.at,
            read.at());
      }
    }
  }

  /** Each client's reads, and what it was answered, on the clock of the client. */
  private void checkEachClientsReads() {
    Map<String, List<Known>> known = new HashMap<>();
    Map<String, List<Evidence.Timed<LockRead>>> reads = new HashMap<>();
    for (Evidence.Timed<LockRead> read : evidence.reads) {
      LockRead line = read.line();
      String client = line.client() + '\n' + read.clock();
      reads.computeIfAbsent(client, unused -> new ArrayList<>()).add(read);
      known
          .computeIfAbsent(client, unused -> new ArrayList<>())
          .add(new Known(line.answeredNanos(), line.revision(), read.at(), "was read"));
    }
    if (reads.isEmpty()) {
      return;
    }
    for (RequestFacts facts : evidence.requests.values()) {
      SessionFacts session = evidence.sessions.get(facts.key.session());
      Answer answer = facts.answer;
      List<Known> ofClient =
          session == null ? null : known.get(session.client + '\n' + facts.clock);
      if (ofClient != null && answer != null) {
        ofClient.add(
            new Known(facts.answeredNanos, answer.revision(), facts.answerAt, "was answered"));
      }
    }
    reads.forEach((client, list) -> checkClient(list, known.getOrDefault(client, List.of())));
  }

  private void checkClient(List<Evidence.Timed<LockRead>> reads, List<Known> known) {
    Greatest greatest = new Greatest(known);
    reads.sort(Comparator.comparingLong(read -> read.line().invokedNanos()));
    for (Evidence.Timed<LockRead> read : reads) {
      LockRead line = read.line();
      Known before = greatest.before(line.invokedNanos());
      findings.checked(Rule.READ_WENT_BACK);
      if (before != null && line.revision() < before.revision) {
        findings.report(
            Rule.READ_WENT_BACK,
            "client %s read %s at revision %d after revision %d %s to it"
                .formatted(
                    line.client(), line.lock(), line.revision(), before.revision, before.what),
            before.at,
            read.at());
      }
    }
  }

  private void checkAnsweredWhenApplied() {
    Map<String, NodeLog> logs = new HashMap<>();
    evidence.nodes.forEach(log -> logs.put(log.node + '\n' + log.clock, log));
    if (logs.isEmpty()) {
      return;
    }
    for (RequestFacts facts : evidence.requests.values()) {
      if (!(facts.answer instanceof Answer.Granted || facts.answer instanceof Answer.Released)
          || facts.answerAt == null
          || !(facts.answerAt.line()
              instanceof dev.holdfast.history.ClientLine.Operation operation)) {
        continue;
      }
      NodeLog log = logs.get(operation.node() + '\n' + facts.clock);
      long applied = log == null ? NodeLog.UNKNOWN : log.justApplied(operation.answer().revision());
      if (applied == NodeLog.UNKNOWN) {
        continue;
      }
      findings.checked(Rule.ANSWERED_BEFORE_APPLIED);
      if (operation.answeredNanos() < applied) {
        Step step = evidence.steps.get(operation.answer().revision());
        findings.report(
            Rule.ANSWERED_BEFORE_APPLIED,
            "%s was answered by node %s at %d ns, which applied revision %d at %d ns only"
                .formatted(
                    facts.key,
                    operation.node(),
                    operation.answeredNanos(),
                    operation.answer().revision(),
                    applied),
            facts.answerAt,
            step == null ? null : step.at);
      }
    }
  }
}
