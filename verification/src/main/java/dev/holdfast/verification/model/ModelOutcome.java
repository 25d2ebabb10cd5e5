package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Answer;

/** What the model has to say to somebody who asked, in the model's own words. */
public sealed interface ModelOutcome {

  /** The answer to a numbered request of a session. */
  record Answered(long sessionId, long sequence, Answer answer) implements ModelOutcome {}

  /** The session that has this nonce. */
  record Opened(ByteString nonce, long sessionId, long ttlMillis) implements ModelOutcome {}

  /** No session for this nonce, and why. */
  record OpenRefused(ByteString nonce, Answer answer) implements ModelOutcome {}

  /** What became of a renewal. */
  record Renewed(long sessionId, long nonce, boolean alive) implements ModelOutcome {}

  /** The session is gone. */
  record Closed(long sessionId) implements ModelOutcome {}

  /** An operation of a client has this number in this session. */
  record OperationTaken(
      ByteString client, ByteString operationId, long sessionId, long sequence, long ttlMillis)
      implements ModelOutcome {}

  /** An operation for which no session could be opened, and why. */
  record OperationRefused(ByteString client, ByteString operationId, Answer answer)
      implements ModelOutcome {}

  /** What became of an operator's command. */
  record Operated(ByteString operationId, Answer answer) implements ModelOutcome {}
}
