package dev.holdfast.client.session;

/**
 * A numbered request that was sent.
 *
 * @param sequence the session's number for it
 * @param action what was asked
 * @param waitMillis how long it may wait; negative: as long as it takes
 * @param ticket its place in the queue, if a node told; 0 otherwise
 * @param firstSentNanos when it was first sent
 */
public record SentRequest(
    long sequence, Action action, long waitMillis, long ticket, long firstSentNanos) {
  private static final long NANOS_PER_MILLI = 1_000_000;

  static SentRequest of(Call call) {
    return new SentRequest(
        call.sequence, call.action, waitMillis(call), call.ticket, call.firstSentNanos);
  }

  private static long waitMillis(Call call) {
    Action.Patience patience = Wire.patienceOf(call.action);
    if (patience == Action.Patience.NONE) {
      return 0;
    }
    return patience == Action.Patience.ENDLESS || call.deadlineNanos == Call.NEVER
        ? -1
        : Math.max(1, (call.deadlineNanos - call.firstSentNanos) / NANOS_PER_MILLI);
  }
}
