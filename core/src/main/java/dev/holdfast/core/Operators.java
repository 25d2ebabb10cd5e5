package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.core.Outcome.Operated;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;

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
    Answer answer = state.operationAnswer(command.getOperationId());
    if (answer == null) {
      answer =
          takeAway(command, revision)
              ? Answers.released(revision)
              : Answers.refused(RefusalReason.STALE_TOKEN, revision);
      state.remember(revision, new Operation(command.getOperationId(), answer));
    }
    finish(command.getOperationId(), answer);
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
    Answer answer = state.operationAnswer(command.getOperationId());
    if (answer == null) {
      RefusalReason broken = revocations.ask(command, revision);
      answer = broken == null ? Answers.done(revision) : Answers.refused(broken, revision);
      state.remember(revision, new Operation(command.getOperationId(), answer));
    }
    finish(command.getOperationId(), answer);
  }

  private void finish(ByteString operationId, Answer answer) {
    steps.tell(new Operated(operationId, answer));
    steps.settle();
  }
}
