package dev.holdfast.history.check;

import dev.holdfast.history.HistoryLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proves the {@link Rule}s of a history, or names the lines that break them.
 *
 * <pre>{@code
 * HistoryChecker checker = new HistoryChecker();
 * checker.add(Header.inMemory("n1"));
 * lines.forEach(checker::add);
 * List<Violation> found = checker.finish();
 * }</pre>
 *
 * <p>Lines of one recorder are added in the order in which they were written; a {@link
 * HistoryLine.Header} begins those of the next one. Recorders may also take turns line by line, as
 * long as all of them are on one clock and lines of one node stay in order. Without any header all
 * lines are on one clock.
 *
 * <p>It is sound: what it calls a violation is one, whatever is missing from the history. What
 * cannot be proved because something is missing is told by {@link Summary#unchecked}. For one
 * thread. Costs O(n log n) time, and memory for all lines.
 */
public final class HistoryChecker {
  private final CheckerSettings settings;
  private final Findings findings;
  private final Evidence evidence;
  private String source = "memory";
  private long number;
  private @Nullable Summary summary;

  /** A checker with the default settings. */
  public HistoryChecker() {
    this(CheckerSettings.DEFAULT);
  }

  /** A checker. */
  public HistoryChecker(CheckerSettings settings) {
    this.settings = settings;
    this.findings = new Findings(settings.violationsMax());
    this.evidence = new Evidence(findings);
  }

  /**
   * Takes in the next line; it is numbered as it comes, within the recorder that its header names.
   */
  public void add(HistoryLine line) {
    if (line instanceof HistoryLine.Header header) {
      source = header.recorder();
      number = 0;
    }
    add(new LocatedLine(source, ++number, line));
  }

  /** Takes in the next line of a file. */
  public void add(LocatedLine line) {
    if (summary != null) {
      throw new IllegalStateException("this history has been checked; take a new checker");
    }
    evidence.add(line);
  }

  /**
   * Checks all that was added; once, and nothing can be added afterwards.
   *
   * @return what is broken, by rule and then in order; empty if nothing is
   */
  public List<Violation> finish() {
    if (summary != null) {
      return findings.violations();
    }
    evidence.end();
    Coverage coverage = evidence.coverage();
    List<Step> steps = stepsInOrder();
    checkClock(steps);
    NodeAgreement.check(steps, evidence.nodes, findings);
    RequestChecks requests = new RequestChecks(evidence, coverage, findings);
    requests.check();
    Grants grants = new Grants(evidence, findings);
    grants.collect(steps, coverage);
    List<Moment> moments = Timeline.of(steps, evidence, grants, coverage);
    new FileChecks(evidence, grants, coverage, findings).check();
    new Replay(evidence, grants, coverage, findings).run(moments);
    new RealTimeOrder(evidence, findings).check();
    new SessionLeases(evidence, findings, settings.rateTolerance()).check();
    new HoldingChecks(evidence, grants, coverage, findings).check();
    noteCoverage(coverage);
    summary = summarize(requests, grants);
    return findings.violations();
  }

  /** What was checked; after {@link #finish}. */
  public Summary summary() {
    if (summary == null) {
      throw new IllegalStateException("nothing is checked yet: call finish() first");
    }
    return summary;
  }

  /** Each revision's first step, and the others behind it. */
  private List<Step> stepsInOrder() {
    List<Step> steps = new ArrayList<>();
    for (Step first : evidence.steps.values()) {
      for (Step step = first; step != null; step = step.next) {
        steps.add(step);
      }
    }
    steps.sort(Comparator.comparingLong(Step::revision));
    return steps;
  }

  private void checkClock(List<Step> steps) {
    Step before = null;
    for (Step step : steps) {
      if (before != null) {
        findings.checked(Rule.CLUSTER_CLOCK_WENT_BACK);
        if (step.line.clockMillis() < before.line.clockMillis()) {
          findings.report(
              Rule.CLUSTER_CLOCK_WENT_BACK,
              "the cluster clock stood at %d ms at revision %d and at %d ms at revision %d"
                  .formatted(
                      before.line.clockMillis(),
                      before.revision(),
                      step.line.clockMillis(),
                      step.revision()),
              before.at,
              step.at);
        }
      }
      before = step;
    }
  }

  private void noteCoverage(Coverage coverage) {
    if (coverage.isEmpty()) {
      findings.unchecked(
          "no node was recorded: grants count as held only until their release was answered, and"
              + " nothing was concluded from what is missing");
    } else if (coverage.knownFromBeginning() == 0) {
      findings.unchecked(
          "no node was recorded from the beginning of its map: who was forgotten in a queue was not"
              + " checked");
    } else if (coverage.hasHoles()) {
      findings.unchecked(
          "there are revisions of which no node tells: what was held then counts as unknown, and who"
              + " was forgotten in a queue was checked up to revision "
              + coverage.knownFromBeginning());
    }
  }

  private Summary summarize(RequestChecks requests, Grants grants) {
    Set<String> locks = new HashSet<>();
    for (Grant grant : grants.byToken.values()) {
      for (Need need : grant.needs()) {
        if (need.explicit()) {
          locks.add(need.lock());
        }
      }
    }
    Set<Long> sessions = new HashSet<>(evidence.sessions.keySet());
    evidence.requests.keySet().forEach(key -> sessions.add(key.session()));
    return new Summary(
        evidence.lines,
        evidence.sources(),
        evidence.operationCount,
        evidence.reads.size(),
        sessions.size(),
        locks.size(),
        grants.byToken.size(),
        evidence.stepCount,
        requests.unknowns(),
        requests.unknownsResolved(),
        findings.checks(),
        findings.counts(),
        findings.unchecked());
  }
}
