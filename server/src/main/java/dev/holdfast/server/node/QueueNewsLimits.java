package dev.holdfast.server.node;

/**
 * What news of places in queues may cost.
 *
 * @param wishes most requests at this node that are told news
 * @param wishesPerSession most requests of one session
 * @param near so many places of a line are told every change at once
 * @param far farther places are told at most once in {@code farNanos}, down to this one
 * @param farNanos how often farther places are looked at, at most
 * @param burst so many changes of a line in a row are told at once; then one each {@code
 *     pauseNanos}
 * @param pauseNanos how long a line that changes all the time is left alone between two looks
 * @param newsPerRound most news in a round, all lines together
 * @param roundNanos between two rounds, if one was not enough
 */
record QueueNewsLimits(
    int wishes,
    int wishesPerSession,
    int near,
    int far,
    long farNanos,
    int burst,
    long pauseNanos,
    int newsPerRound,
    long roundNanos) {
  /** What a node has. */
  static final QueueNewsLimits NODE =
      new QueueNewsLimits(
          20_000, 1_024, 100, 20_000, 1_000_000_000, 20, 50_000_000, 1_000, 5_000_000);
}
