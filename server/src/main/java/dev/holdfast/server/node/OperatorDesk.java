package dev.holdfast.server.node;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Brings operators' commands into the log and tells what became of them. */
final class OperatorDesk {
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private record Waiting(Consumer<Answer> asker, long giveUpNanos) {}

  private final Proposer proposer;
  private final NanoClock nanos;
  private final Map<ByteString, List<Waiting>> waiting = new HashMap<>();

  OperatorDesk(Proposer proposer, NanoClock nanos) {
    this.proposer = proposer;
    this.nanos = nanos;
  }

  /**
   * Answers once: with the applied outcome, or, after ten seconds without one, with NO_LEADER,
   * which leaves open whether it will be done. Asking again with the same operation id does it
   * once.
   */
  void forceRelease(ForceRelease operation, Consumer<Answer> asker) {
    await(operation.getOperationId(), asker);
    proposer.submit(Command.newBuilder().setForceRelease(operation).build());
  }

  /** Asks a holder to let go; answered as {@link #forceRelease} is. */
  void askRevocation(AskRevocation operation, Consumer<Answer> asker) {
    await(operation.getOperationId(), asker);
    proposer.submit(Command.newBuilder().setAskRevocation(operation).build());
  }

  private void await(ByteString operationId, Consumer<Answer> asker) {
    waiting
        .computeIfAbsent(operationId, _ -> new ArrayList<>())
        .add(new Waiting(asker, nanos.nanoTime() + PATIENCE_NANOS));
  }

  void onOperated(ByteString operationId, Answer answer) {
    List<Waiting> askers = waiting.remove(operationId);
    if (askers != null) {
      askers.forEach(each -> each.asker().accept(answer));
    }
  }

  List<ByteString> pendingOperations() {
    return List.copyOf(waiting.keySet());
  }

  void giveUpOverdue(long nowNanos) {
    if (waiting.isEmpty()) {
      return;
    }
    Answer unknown =
        Answer.newBuilder()
            .setRefused(
                RefusalDetail.refused(
                    RefusalReason.NO_LEADER,
                    "no outcome for 10 s, so it is unknown; ask again with the same operation id,"
                        + " which does it once"))
            .build();
    for (List<Waiting> askers : waiting.values()) {
      askers.removeIf(
          each -> {
            boolean overdue = nowNanos - each.giveUpNanos() >= 0;
            if (overdue) {
              each.asker().accept(unknown);
            }
            return overdue;
          });
    }
    waiting.values().removeIf(List::isEmpty);
  }

  long nanosUntilDue(long nowNanos) {
    long due = Long.MAX_VALUE;
    for (List<Waiting> askers : waiting.values()) {
      for (Waiting each : askers) {
        due = Math.min(due, each.giveUpNanos() - nowNanos);
      }
    }
    return Math.max(0, due);
  }
}
