package dev.holdfast.server.node;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.OperationInfo;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.server.node.Waiting.OwnCommand;

/**
 * After a snapshot was installed, the outcomes of the entries in it are never seen here. So
 * everything that somebody at this node waits for is looked up in the restored map, and answered,
 * left waiting, or sent again.
 */
final class Restoration {
  private final MapView map;
  private final Streams streams;
  private final PendingAnswers pending;
  private final Proposer proposer;
  private final RequestDesk requests;
  private final SessionDesk sessions;
  private final OperatorDesk operators;
  private final ClientDesk clients;

  Restoration(
      MapView map,
      Streams streams,
      PendingAnswers pending,
      Proposer proposer,
      RequestDesk requests,
      SessionDesk sessions,
      OperatorDesk operators,
      ClientDesk clients) {
    this.map = map;
    this.streams = streams;
    this.pending = pending;
    this.proposer = proposer;
    this.requests = requests;
    this.sessions = sessions;
    this.operators = operators;
    this.clients = clients;
  }

  void onRestored() {
    for (OwnCommand own : proposer.pending()) {
      if (map.read(machine -> isSettled(machine, own.command()))) {
        proposer.settle(own.key());
      }
    }
    for (SessionStream stream : streams.allOpening()) {
      Long sessionId = map.read(machine -> machine.sessionByNonce(stream.nonce));
      if (sessionId != null) {
        sessions.onOpened(stream.nonce, sessionId);
      }
    }
    streams.allAttached().forEach(this::lookUp);
    for (ByteString operation : operators.pendingOperations()) {
      Answer answer = map.read(machine -> machine.operationAnswer(operation));
      if (answer != null) {
        operators.onOperated(operation, answer);
      }
    }
    clients.onRestored();
  }

  private void lookUp(SessionStream stream) {
    long sessionId = stream.sessionId;
    if (map.read(machine -> machine.session(sessionId)) == null) {
      requests.onSessionEnded(
          sessionId, stream.closing ? Event.SessionEnd.CLOSED : Event.SessionEnd.EXPIRED);
      return;
    }
    for (long sequence : pending.of(sessionId)) {
      Answer answer = map.read(machine -> machine.answerTo(sessionId, sequence));
      if (answer != null) {
        requests.onAnswer(sessionId, sequence, answer);
      }
    }
    // Grants that ended in the snapshot, those just answered among them, ended without an event.
    streams.frame(stream).setHeld(sessions.heldBy(sessionId));
  }

  /** Whether the map shows that a command was executed, or that it need not be any more. */
  private static boolean isSettled(LockStateMachine machine, Command command) {
    return switch (command.getKindCase()) {
      case REQUEST -> isAnswered(machine, command);
      case OPEN -> machine.sessionByNonce(command.getOpen().getNonce()) != null;
      case CLOSE -> machine.session(command.getClose().getSessionId()) == null;
      case FORCE_RELEASE ->
          machine.operationAnswer(command.getForceRelease().getOperationId()) != null;
      case ASK_REVOCATION ->
          machine.operationAnswer(command.getAskRevocation().getOperationId()) != null;
      case CLIENT_OPERATION -> isTaken(machine, command.getClientOperation());
      // Never answered from memory.
      case RENEW -> machine.session(command.getRenew().getSessionId()) == null;
      case KIND_NOT_SET -> true;
    };
  }

  private static boolean isTaken(LockStateMachine machine, ClientOperation operation) {
    OperationInfo known =
        machine.clientOperation(operation.getClient(), operation.getOperationId());
    return known != null
        && known.answer() != null
        && !(known.answer().hasQueued() && operation.getRequest().hasCancel());
  }

  private static boolean isAnswered(LockStateMachine machine, Command command) {
    long sessionId = command.getRequest().getSessionId();
    Answer answer = machine.answerTo(sessionId, command.getRequest().getRequest().getSequence());
    if (answer == null) {
      return machine.session(sessionId) == null;
    }
    boolean waits = answer.getResultCase() == Answer.ResultCase.QUEUED;
    // A cancel of a request that waits has not been executed.
    return !(waits && command.getRequest().getRequest().hasCancel());
  }
}
