package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.function.Supplier;

/** What operators do, each operation once. */
final class OperatorCommands {
  /** Most operators' commands that are remembered. */
  static final int OPERATIONS_MAX = 256;

  private final LockModel model;
  private final ModelState state;

  OperatorCommands(LockModel model) {
    this.model = model;
    this.state = model.state;
  }

  /** "By (name, token) compare; burns the token, tells the victim." */
  void forceRelease(ForceRelease operation) {
    once(operation.getOperationId(), () -> decide(operation));
  }

  void askRevocation(AskRevocation operation) {
    once(operation.getOperationId(), () -> decide(operation));
  }

  /** "INVALID_REQUEST: the operation id does not have 16 bytes; that is not remembered." */
  private void once(ByteString operationId, Supplier<Answer> decision) {
    if (operationId.size() != 16) {
      model.say(
          new ModelOutcome.Operated(operationId, model.refused(RefusalReason.INVALID_REQUEST)));
      return;
    }
    for (ModelOperation earlier : state.operations) {
      if (earlier.operationId().equals(operationId)) {
        model.say(new ModelOutcome.Operated(operationId, earlier.answer()));
        return;
      }
    }
    Answer answer = decision.get();
    state.operations.add(new ModelOperation(operationId, answer));
    if (state.operations.size() > OPERATIONS_MAX) {
      state.operations.removeFirst();
    }
    model.say(new ModelOutcome.Operated(operationId, answer));
  }

  private Answer decide(ForceRelease operation) {
    ModelGrant grant = state.grant(operation.getToken());
    ModelReservation reservation = state.reservation(operation.getToken());
    if (grant != null && grant.names(operation.getLock())) {
      model.ending.end(
          grant,
          ModelEvent.GrantEnd.FORCE_RELEASED,
          operation.getOperator(),
          operation.getReason());
    } else if (reservation != null && reservation.names(operation.getLock())) {
      model.ending.endReservation(reservation, operation.getOperator(), operation.getReason());
    } else {
      return ModelAnswers.refused(RefusalReason.STALE_TOKEN, state.revision);
    }
    return ModelAnswers.released(state.revision);
  }

  private Answer decide(AskRevocation operation) {
    ModelGrant grant = state.grant(operation.getToken());
    if (grant == null || !grant.names(operation.getLock())) {
      return ModelAnswers.refused(RefusalReason.STALE_TOKEN, state.revision);
    }
    model.tell(
        new ModelEvent.RevocationRequested(
            state.revision,
            grant.token(),
            grant.sessionId(),
            0,
            operation.getOperator(),
            operation.getReason()));
    return ModelAnswers.done(state.revision);
  }
}
