package dev.holdfast.client.session;

/** What became of a call. */
public sealed interface CallResult {
  /**
   * It was granted.
   *
   * @param grant held from now on by whoever takes this result
   */
  record Granted(HeldGrant grant) implements CallResult {}

  /**
   * It was a conversion, and is done.
   *
   * @param before the grant as it was; spent if it is another one than {@code grant}
   * @param grant what is held instead; the same one if it has less than before and kept its token
   */
  record Converted(HeldGrant before, HeldGrant grant) implements CallResult {
    /** Whether there is a new grant with a new token. */
    public boolean isReplaced() {
      return before != grant;
    }
  }

  /** It was a release, and the cluster has carried it out. */
  record Released() implements CallResult {}

  /**
   * It was a hand-over, and is done.
   *
   * @param token the receiver's
   */
  record HandedOver(long token) implements CallResult {}

  /**
   * It was an append, and is done.
   *
   * @param offset where in the file the bytes stand
   * @param length the file's length with them
   */
  record Appended(long offset, long length) implements CallResult {}

  /** It is done, and there is nothing to tell of it. */
  record Done() implements CallResult {}

  /**
   * It was refused, for good.
   *
   * @param refused the rule that it broke
   */
  record Refused(dev.holdfast.protocol.v1.Refused refused) implements CallResult {}

  /**
   * The deadline came first. The caller holds nothing by it: the call never left, or it is being
   * taken back.
   *
   * @param sent whether it may have reached a node
   */
  record TimedOut(boolean sent) implements CallResult {}

  /**
   * The deadline came first, and what became of the call can be asked for with {@link
   * SessionMachine#resolve}.
   *
   * @param sequence the session's number for it
   */
  record Unknown(long sequence) implements CallResult {}

  /**
   * The session is over.
   *
   * @param state LOST or CLOSED
   * @param why for a person
   * @param before whether it was over before the call was made, so that nothing was sent
   */
  record SessionOver(SessionState state, String why, boolean before) implements CallResult {}
}
