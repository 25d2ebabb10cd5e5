package dev.holdfast.verification.style;

/**
 * A source file breaks a rule.
 *
 * @param rule the rule
 * @param place the file, from the root of the repository, and {@code #method} where it is about one
 * @param line where in the file, from 1
 * @param measure how much of it there is, for rules about size; 1 for others
 */
record Violation(Rule rule, String place, long line, long measure) {
  /** What a source file must not do. */
  enum Rule {
    FILE_TOO_LONG("a file has at most 600 lines; 400 is the aim"),
    METHOD_TOO_LONG("a method has at most 70 lines; 40 is the aim"),
    SLEEPS("nothing sleeps: move the clock, run the executor, await the condition"),
    DISABLED_TEST("a test that is switched off is mended or deleted"),
    UNFINISHED("what is to be done is done, or is an issue, but not a mark in the source"),
    EMPTY_CATCH("an exception that is caught is handled or thrown on"),
    PACKAGE_NOT_NULL_MARKED("each package has a package-info.java with @NullMarked");

    private final String meaning;

    Rule(String meaning) {
      this.meaning = meaning;
    }
  }

  @Override
  public String toString() {
    return "%s %s (line %d, measure %d): %s".formatted(rule, place, line, measure, rule.meaning);
  }
}
