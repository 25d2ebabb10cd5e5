package dev.holdfast.server.door.grpc;

import dev.holdfast.history.chain.DamagedChainException;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.ExportOwnershipRequest;
import dev.holdfast.protocol.v1.OwnersAtRequest;
import dev.holdfast.protocol.v1.OwnersBetweenRequest;
import dev.holdfast.protocol.v1.OwnersReply;
import dev.holdfast.protocol.v1.OwnershipFrame;
import dev.holdfast.protocol.v1.OwnershipGrpc;
import dev.holdfast.protocol.v1.OwnershipPoint;
import dev.holdfast.protocol.v1.VerifyOwnershipReply;
import dev.holdfast.protocol.v1.VerifyOwnershipRequest;
import dev.holdfast.replication.Member;
import dev.holdfast.server.host.NodeHost;
import dev.holdfast.server.node.NodeCore;
import dev.holdfast.server.ownership.OwnershipReader;
import dev.holdfast.server.ownership.OwnershipRecorder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Who held what. A question reads this node's whole record, so they have a thread of their own, one
 * after the other, and only so many may wait.
 */
final class OwnershipService extends OwnershipGrpc.OwnershipImplBase implements AutoCloseable {
  private static final int WAITING_MAX = 64;
  private static final long UNREAD_WAIT_NANOS = 1_000_000;

  private final NodeHost node;
  private final @Nullable OwnershipReader reader;
  private final ExecutorService thread;

  OwnershipService(NodeHost node) {
    this.node = node;
    OwnershipRecorder recorder = node.ownership();
    this.reader = recorder == null ? null : new OwnershipReader(recorder, node.map());
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(WAITING_MAX),
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name("holdfast-past-" + node.identity().id().value())
                    .unstarted(task));
  }

  /** A question, answered from the files. */
  @FunctionalInterface
  private interface Question {
    void answer(OwnershipReader from) throws IOException;
  }

  private void ask(StreamObserver<?> caller, Question question) {
    OwnershipReader from = reader;
    if (from == null) {
      caller.onError(
          Status.UNIMPLEMENTED
              .withDescription(
                  "this node does not record who held what; set ownership.recorded: true, or ask"
                      + " another node")
              .asRuntimeException());
      return;
    }
    try {
      thread.execute(() -> answer(caller, from, question));
    } catch (RejectedExecutionException e) {
      caller.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription(
                  "OVERLOADED: too many questions about the past wait at this node; ask again in a"
                      + " moment, or another node")
              .asRuntimeException());
    }
  }

  private static void answer(StreamObserver<?> caller, OwnershipReader from, Question question) {
    try {
      question.answer(from);
    } catch (DamagedChainException e) {
      caller.onError(
          Status.DATA_LOSS
              .withDescription(
                  "this node's ownership history is damaged: "
                      + e.getMessage()
                      + "; ask another node, and look at `holdfast history verify`")
              .asRuntimeException());
    } catch (IOException e) {
      caller.onError(
          Status.UNAVAILABLE
              .withDescription("the ownership history cannot be read: " + e.getMessage())
              .asRuntimeException());
    } catch (StatusRuntimeException e) {
      caller.onError(e);
    }
  }

  @Override
  public void ownersAt(OwnersAtRequest request, StreamObserver<OwnersReply> caller) {
    if (isNoName(request.getLock(), caller) || isNoPoint("at", request.getAt(), true, caller)) {
      return;
    }
    ask(caller, from -> tell(from.ownersAt(request.getLock(), request.getAt()), caller));
  }

  @Override
  public void ownersBetween(OwnersBetweenRequest request, StreamObserver<OwnersReply> caller) {
    if (isNoName(request.getLock(), caller)
        || isNoPoint("from", request.getFrom(), false, caller)
        || isNoPoint("to", request.getTo(), false, caller)) {
      return;
    }
    if (request.getLimit() < 0) {
      caller.onError(Refusals.invalid("limit is 0 or more"));
      return;
    }
    ask(caller, from -> tell(from.ownersBetween(request), caller));
  }

  private void tell(OwnersReply.Builder reply, StreamObserver<OwnersReply> caller) {
    reply.setNodeId(node.identity().id().value());
    List<Member> members = node.recentStatus().members();
    node.ask(
        core -> otherEndpoints(core, members),
        others -> {
          caller.onNext(reply.addAllOtherEndpoints(others).build());
          caller.onCompleted();
        });
  }

  private List<String> otherEndpoints(NodeCore core, List<Member> members) {
    List<String> endpoints = new ArrayList<>();
    for (Member member : members) {
      String endpoint = core.endpointOf(member.id());
      if (endpoint != null && !member.id().equals(node.identity().id())) {
        endpoints.add(endpoint);
      }
    }
    return endpoints;
  }

  private static boolean isNoName(String lock, StreamObserver<?> caller) {
    String problem = LockName.problemWith(lock);
    if (problem != null) {
      caller.onError(Refusals.invalid("INVALID_NAME: " + problem));
    }
    return problem != null;
  }

  private static boolean isNoPoint(
      String name, OwnershipPoint point, boolean required, StreamObserver<?> caller) {
    String problem =
        switch (point.getAtCase()) {
          case REVISION -> point.getRevision() < 0 ? " is a revision, 0 or more" : "";
          case WALL_MILLIS ->
              point.getWallMillis() < 0 || point.getWallMillis() > System.currentTimeMillis()
                  ? " must be in the past; this node's clock says "
                      + java.time.Instant.ofEpochMilli(System.currentTimeMillis())
                  : "";
          case AT_NOT_SET -> required ? " says when: set a revision or a time of day" : "";
        };
    if (!problem.isEmpty()) {
      caller.onError(Refusals.invalid(name + problem));
    }
    return !problem.isEmpty();
  }

  @Override
  public void verifyOwnership(
      VerifyOwnershipRequest request, StreamObserver<VerifyOwnershipReply> caller) {
    ask(
        caller,
        from -> {
          VerifyOwnershipReply.Builder reply = from.verify();
          caller.onNext(reply.setNodeId(node.identity().id().value()).build());
          caller.onCompleted();
        });
  }

  @Override
  public void exportOwnership(
      ExportOwnershipRequest request, StreamObserver<OwnershipFrame> caller) {
    ServerCallStreamObserver<OwnershipFrame> call =
        (ServerCallStreamObserver<OwnershipFrame>) caller;
    ask(
        caller,
        from -> {
          from.export(
              frame -> {
                awaitReadiness(call);
                call.onNext(frame);
              });
          call.onCompleted();
        });
  }

  /** Until the caller has read what it was sent: the whole record is not kept in memory for it. */
  private static void awaitReadiness(ServerCallStreamObserver<OwnershipFrame> call) {
    while (!call.isReady()) {
      if (call.isCancelled() || Thread.currentThread().isInterrupted()) {
        throw Status.CANCELLED.withDescription("the caller has gone").asRuntimeException();
      }
      LockSupport.parkNanos(call, UNREAD_WAIT_NANOS);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
