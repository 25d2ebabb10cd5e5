package dev.holdfast.server.door.grpc;

import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.v1.Consistency;
import dev.holdfast.protocol.v1.ReadLabel;
import dev.holdfast.server.host.NodeHost;
import dev.holdfast.server.node.ReadPermit;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;

/**
 * Answers reads of the map: local ones at once, linearizable ones when the node says that the map
 * shows everything that was committed when they were asked for.
 */
final class Reads {
  private final NodeHost node;
  private final Executor readers;

  /**
   * @param readers where maps are read; the thread of a connection, or of the node, is too good for
   *     that
   */
  Reads(NodeHost node, Executor readers) {
    this.node = node;
    this.readers = readers;
  }

  /**
   * Answers one read.
   *
   * @param query reads the map, while nothing is applied, into the reply
   */
  <T> void answer(
      Consistency consistency,
      long revisionMin,
      StreamObserver<T> caller,
      BiFunction<LockStateMachine, ReadLabel, T> query) {
    whenAllowed(
        consistency,
        revisionMin,
        caller,
        () -> {
          caller.onNext(look(consistency, query));
          caller.onCompleted();
        });
  }

  /** Looks at the map now, which must be allowed. */
  <T> T look(Consistency consistency, BiFunction<LockStateMachine, ReadLabel, T> query) {
    return node.map().read(machine -> query.apply(machine, label(consistency, machine)));
  }

  /** Runs a read on one of the readers' threads as soon as it may look at the map. */
  void whenAllowed(
      Consistency consistency, long revisionMin, StreamObserver<?> caller, Runnable read) {
    if (consistency == Consistency.LOCAL) {
      long revision = node.map().read(LockStateMachine::revision);
      if (revision < revisionMin) {
        caller.onError(behind(revision, revisionMin));
      } else {
        readers.execute(() -> guarded(caller, read));
      }
      return;
    }
    node.read(
        revisionMin, permit -> readers.execute(() -> onPermit(permit, revisionMin, caller, read)));
  }

  private void onPermit(
      ReadPermit permit, long revisionMin, StreamObserver<?> caller, Runnable read) {
    switch (permit) {
      case ALLOWED -> guarded(caller, read);
      case BEHIND ->
          caller.onError(behind(node.map().read(LockStateMachine::revision), revisionMin));
      case NO_LEADER -> caller.onError(Refusals.noLeader(node));
      case OVERLOADED ->
          caller.onError(
              Status.RESOURCE_EXHAUSTED
                  .withDescription(
                      "OVERLOADED: too many reads wait at this node; wait a moment, use another"
                          + " node, or read with LOCAL consistency")
                  .asRuntimeException());
    }
  }

  private static void guarded(StreamObserver<?> caller, Runnable read) {
    try {
      read.run();
    } catch (StatusRuntimeException e) {
      caller.onError(e);
    }
  }

  private static StatusRuntimeException behind(long revision, long revisionMin) {
    return Status.FAILED_PRECONDITION
        .withDescription(
            "BEHIND: this node's map is at revision "
                + revision
                + ", not yet at "
                + revisionMin
                + "; wait a moment, use another node, or ask for LINEARIZABLE")
        .asRuntimeException();
  }

  ReadLabel label(Consistency consistency, LockStateMachine machine) {
    return ReadLabel.newBuilder()
        .setConsistency(
            consistency == Consistency.LOCAL ? Consistency.LOCAL : Consistency.LINEARIZABLE)
        .setRevision(machine.revision())
        .setClockMillis(machine.clockMillis())
        .setNodeId(node.identity().id().value())
        .setLeaderHeardMillisAgo(node.leaderHeardMillisAgo())
        .build();
  }
}
