package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.core.Outcome.Operated;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.function.Supplier;

/** What operators do to other people's grants. Each operation is executed once. */
final class Operators {
  private final State state;
  private final Steps steps;
  private final Revocations revocations;

  Operators(State state, Steps steps) {
    this.state = state;
    this.steps = steps;
    this.revocations = new Revocations(state, steps);
  }

  void forceRelease(ForceRelease command, long revision) {
    once(
        command.getOperationId(),
        revision,
        () ->
            takeAway(command, revision)
                ? Answers.released(revision)
                : Answers.refused(RefusalReason.STALE_TOKEN, revision));
  }

  /** Takes away a grant, or what one that has ended has left reserved. */
  private boolean takeAway(ForceRelease command, long revision) {
    String operator = command.getOperator();
    String reason = command.getReason();
    Grant grant = state.grants.get(command.getToken());
    if (grant != null && grant.names(command.getLock())) {
      steps.endGrant(grant, GrantEnd.FORCE_RELEASED, operator, reason, revision);
      return true;
    }
    Reservation reservation = state.reservations.get(command.getToken());
    if (reservation != null && reservation.asGrant().names(command.getLock())) {
      steps.endReservation(reservation, operator, reason, revision);
      return true;
    }
    return false;
  }

  void askRevocation(AskRevocation command, long revision) {
    once(
        command.getOperationId(),
        revision,
        () -> {
          RefusalReason broken = revocations.ask(command, revision);
          return broken == null ? Answers.done(revision) : Answers.refused(broken, revision);
        });
  }

  /** An id of another length is not remembered: what is kept of an operator has a bound. */
  private void once(ByteString operationId, long revision, Supplier<Answer> operation) {
    Answer answer = state.operationAnswer(operationId);
    if (operationId.size() != Limits.OPERATION_ID_BYTES) {
      answer = Answers.refused(RefusalReason.INVALID_REQUEST, revision);
    } else if (answer == null) {
      answer = operation.get();
      state.remember(revision, new Operation(operationId, answer));
    }
    steps.tell(new Operated(operationId, answer));
    steps.settle();
  }
}
