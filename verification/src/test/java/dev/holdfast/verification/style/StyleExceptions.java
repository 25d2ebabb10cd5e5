package dev.holdfast.verification.style;

import dev.holdfast.verification.style.Violation.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Violations that are borne with, by name. The list only shrinks: a line that is no longer needed,
 * or whose file has become smaller than it says, fails the build until the line follows.
 *
 * @param measures the largest measure that is borne with, by rule and place
 */
record StyleExceptions(Map<String, Long> measures) {
  /** Reads lines of {@code RULE place measure}; {@code #} starts a comment. */
  static StyleExceptions parse(List<String> lines) {
    Map<String, Long> measures = new LinkedHashMap<>();
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.strip().split(" +", -1);
      if (parts.length != 3) {
        throw new IllegalArgumentException("not `RULE place measure`: " + line);
      }
      measures.put(key(Rule.valueOf(parts[0]), parts[1]), Long.valueOf(parts[2]));
    }
    return new StyleExceptions(measures);
  }

  private static String key(Rule rule, String place) {
    return rule + " " + place;
  }

  /**
   * Returns one complaint for each violation that is not borne with, and each line to be changed.
   */
  List<String> complaintsAbout(List<Violation> violations) {
    Map<String, Long> found = new LinkedHashMap<>();
    List<String> complaints = new ArrayList<>();
    for (Violation violation : violations) {
      String key = key(violation.rule(), violation.place());
      long total =
          found.merge(key, violation.measure(), isSize(violation.rule()) ? Math::max : Long::sum);
      if (total > measures.getOrDefault(key, 0L)) {
        complaints.add(violation.toString());
      }
    }
    measures.forEach(
        (key, measure) -> {
          long now = found.getOrDefault(key, 0L);
          if (now < measure) {
            complaints.add(
                "the exception '%s %d' can be lowered to %d, or removed if that is 0"
                    .formatted(key, measure, now));
          }
        });
    return complaints;
  }

  private static boolean isSize(Rule rule) {
    return rule == Rule.FILE_TOO_LONG || rule == Rule.METHOD_TOO_LONG;
  }
}
