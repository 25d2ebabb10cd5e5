package dev.holdfast.server.watch;

/**
 * How much a node does for watchers.
 *
 * @param watchersMax most watchers at one time
 * @param eventsMax most events that are kept for those who lag or come back
 * @param bytesMax about the most memory that those events take; one is kept in any case
 */
public record WatchLimits(int watchersMax, int eventsMax, long bytesMax) {
  /** Room for ten thousand watchers, and some seconds of a busy cluster's events. */
  public static final WatchLimits DEFAULT = new WatchLimits(10_000, 100_000, 32 << 20);

  /** More slots than this are no array. */
  public static final int EVENTS_MAX = 1 << 28;

  public WatchLimits {
    if (watchersMax < 1 || eventsMax < 1 || eventsMax > EVENTS_MAX || bytesMax < 1) {
      throw new IllegalArgumentException(
          "the limits of watches are positive, and at most " + EVENTS_MAX + " events are kept");
    }
  }
}
