package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event.SessionOpened;
import dev.holdfast.core.Outcome.OperationRefused;
import dev.holdfast.core.Outcome.OperationTaken;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What clients ask for that keep no session and no numbers: the map does both for them. An
 * operation gets its session's next number, is remembered with it, and then is a request as any
 * other; the same operation again is the same number again.
 */
final class ClientOperations {
  private final State state;
  private final Steps steps;
  private final Requests requests;

  ClientOperations(State state, Steps steps, Requests requests) {
    this.state = state;
    this.steps = steps;
    this.requests = requests;
  }

  void execute(ClientOperation command, long revision) {
    ByteString client = command.getClient();
    ByteString operationId = command.getOperationId();
    Long known = state.sessionByClient.get(client);
    RefusalReason broken = brokenRule(command, known);
    if (broken != null) {
      steps.tell(new OperationRefused(client, operationId, Answers.refused(broken, revision)));
      return;
    }
    long sessionId = known != null ? known : open(command, revision);
    SessionContents contents = state.contentsOf(sessionId);
    long sequence = numberOf(operationId, contents);
    steps.tell(
        new OperationTaken(client, operationId, sessionId, sequence, contents.session.ttlMillis()));
    requests.executeNumbered(
        contents.session,
        command.getRequest().toBuilder().setSequence(sequence).build(),
        // What was opened has the first step for its number.
        known != null ? revision : steps.next());
  }

  private @Nullable RefusalReason brokenRule(ClientOperation command, @Nullable Long sessionId) {
    if (command.getOperationId().size() != Limits.OPERATION_ID_BYTES) {
      return RefusalReason.INVALID_REQUEST;
    }
    if (isOfAnEndedSession(command, sessionId)) {
      return RefusalReason.SESSION_EXPIRED;
    }
    if (sessionId != null) {
      return null;
    }
    if (!Session.isWellFormed(
        command.getClient(),
        command.getClientId(),
        command.getLabel(),
        command.getTtlMillis(),
        command.getLocksMax())) {
      return RefusalReason.INVALID_REQUEST;
    }
    return state.sessions.size() >= Limits.SESSIONS_MAX ? RefusalReason.TOO_MANY_SESSIONS : null;
  }

  /**
   * Whether it was asked for before the client's last session ended and has not been taken since: a
   * copy that was under way for longer than the session lasted. The first one may have been done.
   */
  private boolean isOfAnEndedSession(ClientOperation command, @Nullable Long sessionId) {
    Long endedAt = state.endByClient.get(command.getClient());
    boolean askedBefore =
        endedAt != null
            && command.getAskedAtRevision() > 0
            && command.getAskedAtRevision() < endedAt;
    return askedBefore
        && (sessionId == null
            || !Objects.requireNonNull(state.contentsOf(sessionId).operations)
                .containsKey(command.getOperationId()));
  }

  private long open(ClientOperation command, long revision) {
    state.add(
        new Session(
            revision,
            command.getClient(),
            ByteString.EMPTY,
            command.getClientId(),
            command.getLabel(),
            command.getTtlMillis(),
            Steps.saturatedSum(state.clockMillis, command.getTtlMillis()),
            command.getLocksMax(),
            Numbers.EMPTY));
    steps.report(new SessionOpened(revision, revision, command.getClientId(), command.getLabel()));
    return revision;
  }

  private long numberOf(ByteString operationId, SessionContents contents) {
    TreeMap<ByteString, Long> operations = Objects.requireNonNull(contents.operations);
    Long known = operations.get(operationId);
    if (known != null) {
      return known;
    }
    long sequence = contents.lastOperation + 1;
    state.number(new AnswerKey(contents.session.id(), sequence), operationId);
    if (operations.size() > Limits.CLIENT_OPERATIONS_REMEMBERED) {
      state.forgetOldestOperation(contents);
    }
    return sequence;
  }
}
