package dev.holdfast.server.node;

/**
 * How much the proposer packs and how often it tries.
 *
 * @param flightsMax entries, or forwarded batches, in flight at once; one more is kept for renewals
 * @param entryBytesMax about the most bytes of commands in an entry; a single larger one still fits
 * @param entryCommandsMax most commands in an entry
 * @param forwardedWaitingMax most ordinary commands of other nodes that may wait at the leader
 * @param resendNanos silence about a forwarded batch after which it is sent again, at first
 * @param resendNanosMax where the growth of that time ends
 */
public record ProposerSettings(
    int flightsMax,
    int entryBytesMax,
    int entryCommandsMax,
    int forwardedWaitingMax,
    long resendNanos,
    long resendNanosMax) {
  /** Two flights of up to 256 KiB or 8,192 commands; sent again after 1 s, at most 8 s. */
  public static final ProposerSettings DEFAULT =
      new ProposerSettings(2, 256 << 10, 8_192, 50_000, 1_000_000_000L, 8_000_000_000L);

  public ProposerSettings {
    if (flightsMax < 1 || entryBytesMax < 1 || entryCommandsMax < 1 || forwardedWaitingMax < 1) {
      throw new IllegalArgumentException("the bounds of the proposer are positive");
    }
    if (resendNanos < 1 || resendNanosMax < resendNanos) {
      throw new IllegalArgumentException("the proposer sends again after a positive time");
    }
  }
}
