package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Answer;

/**
 * What a command, or a step that it caused, has to say to somebody who asked. A request that waits
 * has two: first its answer is {@code queued}, later, from another entry, the final one.
 */
public sealed interface Outcome {

  /**
   * The answer to request {@code sequence} of a session, or to a cancel or resolve of that number.
   */
  record Answered(long sessionId, long sequence, Answer answer) implements Outcome {}

  /** The session that has this nonce, opened now or by an earlier sending of the same command. */
  record Opened(ByteString nonce, long sessionId, long ttlMillis) implements Outcome {}

  /** The session could not be opened; {@code answer} holds the refusal. */
  record OpenRefused(ByteString nonce, Answer answer) implements Outcome {}

  /**
   * What became of a renewal.
   *
   * @param alive false when the session is not, or no longer, in the map
   */
  record Renewed(long sessionId, long nonce, boolean alive) implements Outcome {}

  /** The session is gone, by this command or before it. */
  record Closed(long sessionId) implements Outcome {}

  /**
   * An operation of a client has this number in this session, by this command or an earlier one. A
   * number of a session outlives the command; what became of it is told by {@link Answered}, here
   * directly after this.
   *
   * @param client what names the client
   * @param ttlMillis the session's
   */
  record OperationTaken(
      ByteString client, ByteString operationId, long sessionId, long sequence, long ttlMillis)
      implements Outcome {}

  /** The client has no session and none could be opened; {@code answer} holds the refusal. */
  record OperationRefused(ByteString client, ByteString operationId, Answer answer)
      implements Outcome {}

  /** What became of an operator's command. */
  record Operated(ByteString operationId, Answer answer) implements Outcome {}
}
