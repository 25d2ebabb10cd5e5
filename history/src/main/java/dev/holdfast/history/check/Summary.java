package dev.holdfast.history.check;

import java.util.List;
import java.util.Map;

/**
 * What was checked.
 *
 * @param lines lines read
 * @param sources files, or what else there was
 * @param operations numbered requests of clients
 * @param reads reads of clients
 * @param sessions sessions seen
 * @param locks names of locks seen, without those that only intentions touched
 * @param grants grants seen
 * @param steps revisions of which a node told
 * @param unknowns requests whose client never learned the outcome
 * @param unknownsResolved how many of them nodes told of
 * @param checks by rule, how often it could be broken
 * @param violations by rule, how often it was
 * @param unchecked what could not be checked and why, a sentence each
 */
public record Summary(
    long lines,
    int sources,
    long operations,
    long reads,
    long sessions,
    long locks,
    long grants,
    long steps,
    long unknowns,
    long unknownsResolved,
    Map<Rule, Long> checks,
    Map<Rule, Long> violations,
    List<String> unchecked) {
  /** Copies the collections. */
  public Summary {
    checks = Map.copyOf(checks);
    violations = Map.copyOf(violations);
    unchecked = List.copyOf(unchecked);
  }
}
