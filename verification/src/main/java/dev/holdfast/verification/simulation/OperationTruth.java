package dev.holdfast.verification.simulation;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.v1.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Under which numbers operations of clients were taken, and what came of them. */
final class OperationTruth {
  private record Operation(ByteString client, ByteString id) {}

  /** What was decided for a number of a session; null if nothing was. */
  interface Decided {
    @Nullable Answer answer(long sessionId, long sequence);
  }

  private final Map<Operation, List<Outcome.OperationTaken>> operations = new HashMap<>();

  /** An operation has one number in a session, and a number is that of one operation. */
  void taken(Outcome.OperationTaken taken) {
    List<Outcome.OperationTaken> before =
        operations.computeIfAbsent(
            new Operation(taken.client(), taken.operationId()), _ -> new ArrayList<>(1));
    if (before.contains(taken)) {
      return;
    }
    for (Outcome.OperationTaken other : before) {
      if (other.sessionId() == taken.sessionId()) {
        throw new RuleBroken(Rule.EXACTLY_ONCE, taken + " was taken before as " + other);
      }
    }
    before.add(taken);
  }

  /** Somebody was told that something was done. */
  void requireDecided(ByteString client, ByteString id, Answer answer, Decided decided) {
    for (Outcome.OperationTaken taken :
        operations.getOrDefault(new Operation(client, id), List.of())) {
      if (answer.equals(decided.answer(taken.sessionId(), taken.sequence()))) {
        return;
      }
    }
    throw new RuleBroken(
        Rule.ACKNOWLEDGED_IS_COMMITTED, "a client was told " + answer + ", which nobody decided");
  }
}
