package dev.holdfast.history.check;

/**
 * How far clocks may be apart, and when to stop.
 *
 * @param rateTolerance by which part the rates of the clocks of clients and nodes may differ, for
 *     {@link Rule#SESSION_EXPIRED_EARLY}: 0.01 is what the client library counts on
 * @param violationsMax how many violations of one rule are told; more are only counted
 */
public record CheckerSettings(double rateTolerance, int violationsMax) {
  /** One per cent; 100 of each rule. */
  public static final CheckerSettings DEFAULT = new CheckerSettings(0.01, 100);

  /** Refuses nonsense. */
  public CheckerSettings {
    if (!(rateTolerance >= 0 && rateTolerance < 1) || violationsMax < 1) {
      throw new IllegalArgumentException(
          "rateTolerance must be 0 to 1 and violationsMax at least 1, not "
              + rateTolerance
              + " and "
              + violationsMax);
    }
  }
}
