package dev.holdfast.verification.simulation;

import dev.holdfast.core.Applied;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.verification.model.LockModel;
import dev.holdfast.verification.model.ModelOutcome;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether all replicas make the same of the log, and what the model makes of it. */
final class ReplicaCheck {
  /** Hashes cost more than comparing what an entry brought about, so not each revision has one. */
  private static final int HASH_EVERY = 16;

  private final Map<Long, Applied> appliedFirst = new HashMap<>();
  private final Map<Long, byte[]> hashes = new HashMap<>();
  private final Map<Long, byte[]> snapshots = new HashMap<>();
  private final @Nullable LockModel model;
  private long lastRevision;

  ReplicaCheck(boolean comparesWithModel) {
    model = comparesWithModel ? new LockModel() : null;
  }

  /** The revision after the last entry that any node has applied. */
  long lastRevision() {
    return lastRevision;
  }

  void appliedFirst(long index, LogEntry entry, Applied applied, LockStateMachine machine) {
    lastRevision = applied.revision();
    appliedFirst.put(index, applied);
    if (index % HASH_EVERY == 0) {
      hashes.put(index, machine.stateHash());
    }
    if (model != null) {
      List<ModelOutcome> expected = model.apply(entry);
      List<ModelOutcome> found =
          applied.outcomes().stream().map(ReplicaCheck::inModelWords).toList();
      require(Rule.AS_THE_MODEL, expected.equals(found), index, expected, found);
      require(
          Rule.AS_THE_MODEL,
          model.revision() == applied.revision() && model.clockMillis() == applied.clockMillis(),
          index,
          model.revision() + " at " + model.clockMillis(),
          applied.revision() + " at " + applied.clockMillis());
    }
  }

  void appliedAgain(SimulatedNode node, long index, Applied applied, LockStateMachine machine) {
    Applied first = appliedFirst.get(index);
    require(Rule.REPLICAS_EQUAL, applied.equals(first), index, first, node.name + ": " + applied);
    byte[] hash = hashes.get(index);
    if (hash != null) {
      requireHash(node, index, hash, machine);
    }
  }

  void snapshotTaken(SimulatedNode node, long index, byte[] state) {
    byte[] other = snapshots.putIfAbsent(index, state);
    if (other != null && !Arrays.equals(other, state)) {
      throw new RuleBroken(
          Rule.REPLICAS_EQUAL, node.name + " writes other bytes in its snapshot of " + index);
    }
    hashes.putIfAbsent(index, node.machine().stateHash());
  }

  void restored(SimulatedNode node, long index, LockStateMachine machine) {
    byte[] hash = hashes.get(index);
    if (hash != null) {
      requireHash(node, index, hash, machine);
    }
  }

  private static void requireHash(
      SimulatedNode node, long index, byte[] hash, LockStateMachine machine) {
    if (!Arrays.equals(hash, machine.stateHash())) {
      throw new RuleBroken(Rule.REPLICAS_EQUAL, node.name + " differs at " + index);
    }
  }

  private static void require(
      Rule rule, boolean holds, long index, @Nullable Object expected, Object found) {
    if (!holds) {
      throw new RuleBroken(rule, "at entry " + index + ": " + found + " instead of " + expected);
    }
  }

  private static ModelOutcome inModelWords(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answered o -> new ModelOutcome.Answered(o.sessionId(), o.sequence(), o.answer());
      case Outcome.Opened o -> new ModelOutcome.Opened(o.nonce(), o.sessionId(), o.ttlMillis());
      case Outcome.OpenRefused o -> new ModelOutcome.OpenRefused(o.nonce(), o.answer());
      case Outcome.Renewed o -> new ModelOutcome.Renewed(o.sessionId(), o.nonce(), o.alive());
      case Outcome.Closed o -> new ModelOutcome.Closed(o.sessionId());
      case Outcome.OperationTaken o ->
          new ModelOutcome.OperationTaken(
              o.client(), o.operationId(), o.sessionId(), o.sequence(), o.ttlMillis());
      case Outcome.OperationRefused o ->
          new ModelOutcome.OperationRefused(o.client(), o.operationId(), o.answer());
      case Outcome.Operated o -> new ModelOutcome.Operated(o.operationId(), o.answer());
    };
  }
}
