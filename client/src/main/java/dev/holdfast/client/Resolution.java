package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;

/** What became of a request whose outcome was unknown. */
public sealed interface Resolution {
  /**
   * It was granted, and is held from now on by whoever asked.
   *
   * @param grant what was granted
   */
  record Granted(LockGrant grant) implements Resolution {}

  /** It was a release, and it was carried out. */
  record Released() implements Resolution {}

  /**
   * It was a hand-over, and it was carried out.
   *
   * @param token the receiver's
   */
  record HandedOver(FencingToken token) implements Resolution {}

  /**
   * It was an append, and it was carried out.
   *
   * @param appended where in the file the bytes stand
   */
  record Appended(FileAppend appended) implements Resolution {}

  /** It was carried out, and there is nothing to tell of it. */
  record Done() implements Resolution {}

  /**
   * It was not carried out, and will not be.
   *
   * @param refusal why not
   */
  record NotApplied(Refusal refusal) implements Resolution {}

  /** The session is over: nothing is held by that request. */
  record SessionOver() implements Resolution {}
}
