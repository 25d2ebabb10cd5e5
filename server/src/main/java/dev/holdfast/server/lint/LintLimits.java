package dev.holdfast.server.lint;

/**
 * What lock orders may cost.
 *
 * @param orders most orders to remember; the one that was seen the longest ago goes first
 * @param grants most grants to follow
 * @param heldPerOwner most needs of what one owner holds that are looked at, the latest first
 * @param pairsPerRequest most orders that one request can show
 * @param steps most steps of a search for a finding, all findings together
 */
public record LintLimits(int orders, int grants, int heldPerOwner, int pairsPerRequest, int steps) {
  /** What a node has. */
  public static final LintLimits NODE = new LintLimits(10_000, 200_000, 64, 1_024, 2_000_000);
}
