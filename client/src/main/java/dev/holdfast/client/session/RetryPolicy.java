package dev.holdfast.client.session;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and how fast something is tried again: exponential back-off with jitter. Immutable.
 *
 * <p>It is used for connecting (there {@code attemptsMax} and {@code totalMax} do not apply: a
 * session goes on until it is lost, and callers until their own time-outs) and for requests that a
 * node refused because it is overloaded.
 *
 * @param firstDelay before the second attempt; more than 0
 * @param multiplier of the delay from one attempt to the next; 1 to 10
 * @param delayMax the delay grows no further; at least {@code firstDelay}, at most one hour
 * @param jitter part of each delay that is random: a delay d becomes something in d x (1 - jitter)
 *     to d; 0 to 1
 * @param attemptsMax attempts for one request, the first included; 1 or more
 * @param totalMax no further attempt of a request begins after this time since the first one; 0 or
 *     more
 */
public record RetryPolicy(
    Duration firstDelay,
    double multiplier,
    Duration delayMax,
    double jitter,
    int attemptsMax,
    Duration totalMax) {
  private static final Duration LONGEST = Duration.ofHours(1);

  /** 20 ms, doubled up to 2 s, half of it random, at most 10 attempts within 10 s. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          Duration.ofMillis(20), 2.0, Duration.ofSeconds(2), 0.5, 10, Duration.ofSeconds(10));

  /** Refuses values out of range, naming the value and the range. */
  public RetryPolicy {
    require(
        firstDelay.compareTo(Duration.ZERO) > 0,
        "firstDelay must be more than 0, not " + firstDelay);
    require(multiplier >= 1 && multiplier <= 10, "multiplier must be 1 to 10, not " + multiplier);
    require(
        delayMax.compareTo(firstDelay) >= 0 && delayMax.compareTo(LONGEST) <= 0,
        "delayMax must be firstDelay (" + firstDelay + ") to " + LONGEST + ", not " + delayMax);
    require(jitter >= 0 && jitter <= 1, "jitter must be 0 to 1, not " + jitter);
    require(attemptsMax >= 1, "attemptsMax must be 1 or more, not " + attemptsMax);
    require(
        !totalMax.isNegative() && totalMax.compareTo(Duration.ofDays(365)) <= 0,
        "totalMax must be 0 to 365 days, not " + totalMax);
  }

  /** The same, but with at most so many attempts. */
  public RetryPolicy withAttemptsMax(int attempts) {
    return new RetryPolicy(firstDelay, multiplier, delayMax, jitter, attempts, totalMax);
  }

  /** The same, but with other delays. */
  public RetryPolicy withDelays(Duration first, Duration max) {
    return new RetryPolicy(first, multiplier, max, jitter, attemptsMax, totalMax);
  }

  /**
   * How long to wait before the next attempt.
   *
   * @param failures attempts that have failed so far, 1 or more
   * @param random where the jitter comes from
   * @return nanoseconds, 0 or more
   */
  public long delayNanos(int failures, RandomGenerator random) {
    double cap = delayMax.toNanos();
    double grown =
        Math.min(cap, firstDelay.toNanos() * Math.pow(multiplier, Math.max(0, failures - 1)));
    return (long) (grown * (1 - jitter * random.nextDouble()));
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("retry policy: " + problem);
    }
  }
}
