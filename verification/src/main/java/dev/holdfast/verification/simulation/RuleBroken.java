package dev.holdfast.verification.simulation;

/** Something happened in a universe that must not. */
final class RuleBroken extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final Rule rule;

  RuleBroken(Rule rule, String what) {
    super(rule + ": " + what);
    this.rule = rule;
  }

  Rule rule() {
    return rule;
  }
}
