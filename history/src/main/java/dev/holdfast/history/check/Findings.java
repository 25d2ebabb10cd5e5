package dev.holdfast.history.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was found, how often each rule was looked at, and what could not be. */
final class Findings {
  private final int violationsMax;
  private final Map<Rule, List<Violation>> violations = new EnumMap<>(Rule.class);
  private final Map<Rule, long[]> checks = new EnumMap<>(Rule.class);
  private final Map<Rule, Long> counts = new EnumMap<>(Rule.class);
  private final Set<String> unchecked = new LinkedHashSet<>();

  Findings(int violationsMax) {
    this.violationsMax = violationsMax;
    for (Rule rule : Rule.values()) {
      checks.put(rule, new long[1]);
    }
  }

  /** A rule could have been broken here. */
  void checked(Rule rule) {
    Objects.requireNonNull(checks.get(rule))[0]++;
  }

  /** A rule is broken; evidence that is not there is left out. */
  void report(Rule rule, String sentence, @Nullable LocatedLine... evidence) {
    counts.merge(rule, 1L, Long::sum);
    List<Violation> found = violations.computeIfAbsent(rule, unused -> new ArrayList<>());
    if (found.size() >= violationsMax) {
      return;
    }
    List<LocatedLine> lines = new ArrayList<>();
    for (LocatedLine line : evidence) {
      if (line != null && !lines.contains(line)) {
        lines.add(line);
      }
    }
    found.add(new Violation(rule, sentence, lines));
  }

  /** Something could not be checked. */
  void unchecked(String sentence) {
    unchecked.add(sentence);
  }

  List<Violation> violations() {
    List<Violation> all = new ArrayList<>();
    violations.values().forEach(all::addAll);
    return Collections.unmodifiableList(all);
  }

  Map<Rule, Long> checks() {
    Map<Rule, Long> byRule = new EnumMap<>(Rule.class);
    checks.forEach((rule, count) -> byRule.put(rule, count[0]));
    return byRule;
  }

  Map<Rule, Long> counts() {
    return counts;
  }

  List<String> unchecked() {
    return List.copyOf(unchecked);
  }
}
