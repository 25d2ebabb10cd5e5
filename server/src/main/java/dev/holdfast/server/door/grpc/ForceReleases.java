package dev.holdfast.server.door.grpc;

import com.google.protobuf.ByteString;
import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.Utf8;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Consistency;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.ForceReleaseReply;
import dev.holdfast.protocol.v1.ForceReleaseRequest;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.server.door.MapViews;
import dev.holdfast.server.host.NodeHost;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Takes a grant away from its holder, or tells what that would do. */
final class ForceReleases {
  private static final int OPERATION_ID_BYTES = 16;
  private static final int OPERATOR_BYTES_MAX = 128;
  private static final int REASON_BYTES_MAX = 512;

  private final NodeHost node;
  private final Reads reads;
  private final Executor readers;

  ForceReleases(NodeHost node, Reads reads, Executor readers) {
    this.node = node;
    this.reads = reads;
    this.readers = readers;
  }

  void answer(ForceReleaseRequest request, StreamObserver<ForceReleaseReply> caller) {
    String problem = problemWith(request);
    if (problem != null) {
      caller.onError(Refusals.invalid(problem));
      return;
    }
    reads.whenAllowed(
        Consistency.LINEARIZABLE,
        0,
        caller,
        () -> {
          ForceReleaseReply preview = node.map().read(machine -> preview(machine, request));
          if (request.getDryRun()) {
            tell(caller, preview);
          } else {
            release(request, preview, caller);
          }
        });
  }

  private static @Nullable String problemWith(ForceReleaseRequest request) {
    String problem = LockName.problemWith(request.getLock());
    if (problem != null) {
      return "INVALID_NAME: " + problem;
    }
    if (request.getToken() < 1) {
      return "token is missing; send the token of the grant, which `check` shows, so that nobody"
          + " else's grant is hit";
    }
    if (request.getDryRun()) {
      return null;
    }
    String problemWithOperator = problemWith(request.getOperationId(), request.getOperator());
    if (problemWithOperator != null) {
      return problemWithOperator;
    }
    return Utf8.isLonger(request.getReason(), REASON_BYTES_MAX)
        ? "reason is longer than " + REASON_BYTES_MAX + " bytes; shorten it"
        : null;
  }

  static @Nullable String problemWith(ByteString operationId, String operator) {
    if (operationId.size() != OPERATION_ID_BYTES) {
      return "operation_id is "
          + operationId.size()
          + " bytes; send 16 random ones, the same in every repetition";
    }
    return operator.isBlank() || Utf8.isLonger(operator, OPERATOR_BYTES_MAX)
        ? "operator is missing or longer than " + OPERATOR_BYTES_MAX + " bytes; say who asks"
        : null;
  }

  private static ForceReleaseReply preview(LockStateMachine machine, ForceReleaseRequest request) {
    GrantInfo grant = machine.grant(request.getToken());
    if (grant == null || !machine.isCurrent(request.getLock(), request.getToken())) {
      return ForceReleaseReply.newBuilder().setRefused(stale(machine, request.getLock())).build();
    }
    MapViews views = new MapViews(machine);
    ForceReleaseReply.Builder reply =
        ForceReleaseReply.newBuilder().setVictim(views.grant(request.getLock(), grant));
    for (Demand demand : grant.demands()) {
      reply.addLocks(demand.getLock());
      LockInfo lock = machine.lock(demand.getLock(), 1);
      if (lock != null) {
        reply.addAllNext(views.queue(lock));
      }
    }
    return reply.build();
  }

  static Refused stale(LockStateMachine machine, String name) {
    LockInfo lock = machine.lock(name, 0);
    String holders =
        lock == null || lock.holders().isEmpty()
            ? "nobody holds this lock now"
            : "it is held with token "
                + String.join(
                    ", ", lock.holders().stream().map(each -> "" + each.token()).toList());
    return Refused.newBuilder()
        .setReason(RefusalReason.STALE_TOKEN)
        .setLock(name)
        .setDetail("there is no grant with this token on this lock; " + holders)
        .build();
  }

  private void release(
      ForceReleaseRequest request,
      ForceReleaseReply preview,
      StreamObserver<ForceReleaseReply> caller) {
    ForceRelease operation =
        ForceRelease.newBuilder()
            .setOperationId(ByteString.copyFrom(request.getOperationId().toByteArray()))
            .setLock(request.getLock())
            .setToken(request.getToken())
            .setOperator(request.getOperator())
            .setReason(request.getReason())
            .build();
    node.forceRelease(
        operation, answer -> readers.execute(() -> tell(caller, reply(preview, answer))));
  }

  private static ForceReleaseReply reply(ForceReleaseReply preview, Answer answer) {
    if (answer.hasReleased()) {
      return preview.toBuilder().clearRefused().setReleased(true).build();
    }
    Refused refused = answer.getRefused();
    return ForceReleaseReply.newBuilder()
        .setRefused(
            refused.getDetail().isEmpty() && preview.hasRefused() ? preview.getRefused() : refused)
        .build();
  }

  private static void tell(StreamObserver<ForceReleaseReply> caller, ForceReleaseReply reply) {
    caller.onNext(reply);
    caller.onCompleted();
  }
}
