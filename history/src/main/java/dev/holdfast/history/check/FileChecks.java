package dev.holdfast.history.check;

import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine.Action;
import dev.holdfast.history.ClientLine.Operation;
import dev.holdfast.history.Demand;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine.LockReleased;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What clients were told was written to files, or that a file was removed, was done under a grant
 * of theirs that stood and had a file's lock. Which file it was, and the bytes, are not recorded.
 */
final class FileChecks {
  private static final String LOCK_OF_ALL = "files";

  private final Evidence evidence;
  private final Grants grants;
  private final Coverage coverage;
  private final Findings findings;

  FileChecks(Evidence evidence, Grants grants, Coverage coverage, Findings findings) {
    this.evidence = evidence;
    this.grants = grants;
    this.coverage = coverage;
    this.findings = findings;
  }

  /** Once it is known how grants ended, and before any is taken to have been converted. */
  void check() {
    for (RequestFacts facts : evidence.requests.values()) {
      Operation asked = facts.asked;
      if (asked != null && writes(asked) && facts.answer instanceof Answer.Done done) {
        check(facts, asked, done.revision());
      }
    }
  }

  private static boolean writes(Operation asked) {
    return asked.action() == Action.APPEND_FILE || asked.action() == Action.DELETE_FILE;
  }

  private void check(RequestFacts facts, Operation asked, long revision) {
    findings.checked(Rule.WRITTEN_WITHOUT_GRANT);
    Grant grant = grants.get(asked.token());
    String wrong = grant == null ? wrongWithUnknown(asked.token()) : wrong(grant, asked, revision);
    if (wrong != null) {
      findings.report(
          Rule.WRITTEN_WITHOUT_GRANT,
          "%s wrote to a file at revision %d with token %d, which %s"
              .formatted(facts.key, revision, asked.token(), wrong),
          facts.answerAt,
          grant == null ? null : grant.endAt == null ? grant.at : grant.endAt);
    }
  }

  private @Nullable String wrongWithUnknown(long token) {
    return coverage.contains(token) ? "was never granted" : null;
  }

  private static @Nullable String wrong(Grant grant, Operation asked, long revision) {
    LockReleased end = grant.end;
    if (grant.owner.session() != asked.session()) {
      return "is another session's";
    }
    if (grant.token() > revision) {
      return "was granted later";
    }
    if (end != null && end.revision() < revision) {
      return "had ended at revision " + end.revision();
    }
    // What a conversion brought is only known where a node tells of it.
    return grant.toldByNode && !mayWrite(grant.demands()) ? "has no file's lock in SIX or X" : null;
  }

  private static boolean mayWrite(List<Demand> demands) {
    return demands.stream()
        .anyMatch(
            each ->
                each.lock().equals(LOCK_OF_ALL)
                    ? each.mode() == LockMode.X
                    : each.lock().startsWith(LOCK_OF_ALL + "/")
                        && (each.mode() == LockMode.X || each.mode() == LockMode.SIX));
  }
}
