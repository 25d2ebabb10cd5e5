package dev.holdfast.server.door.grpc;

import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.AskToLetGoReply;
import dev.holdfast.protocol.v1.AskToLetGoRequest;
import dev.holdfast.protocol.v1.Consistency;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.server.door.MapViews;
import dev.holdfast.server.host.NodeHost;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Passes an operator's "please let go" on to a holder. */
final class Revocations {
  private static final int REASON_LENGTH_MAX = 256;

  private final NodeHost node;
  private final Reads reads;
  private final Executor readers;

  Revocations(NodeHost node, Reads reads, Executor readers) {
    this.node = node;
    this.reads = reads;
    this.readers = readers;
  }

  void answer(AskToLetGoRequest request, StreamObserver<AskToLetGoReply> caller) {
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
          AskToLetGoReply holder = node.map().read(machine -> holder(machine, request));
          node.askRevocation(
              AskRevocation.newBuilder()
                  .setOperationId(request.getOperationId())
                  .setLock(request.getLock())
                  .setToken(request.getToken())
                  .setOperator(request.getOperator())
                  .setReason(request.getReason())
                  .build(),
              answer -> readers.execute(() -> tell(caller, reply(holder, answer))));
        });
  }

  private static @Nullable String problemWith(AskToLetGoRequest request) {
    String problem = LockName.problemWith(request.getLock());
    if (problem != null) {
      return "INVALID_NAME: " + problem;
    }
    if (request.getToken() < 1) {
      return "token is missing; send the token of the grant, which `check` shows";
    }
    if (request.getReason().length() > REASON_LENGTH_MAX) {
      return "reason is longer than " + REASON_LENGTH_MAX + " characters; shorten it";
    }
    return ForceReleases.problemWith(request.getOperationId(), request.getOperator());
  }

  private static AskToLetGoReply holder(LockStateMachine machine, AskToLetGoRequest request) {
    GrantInfo grant = machine.grant(request.getToken());
    return grant == null || !machine.isCurrent(request.getLock(), request.getToken())
        ? AskToLetGoReply.newBuilder()
            .setRefused(ForceReleases.stale(machine, request.getLock()))
            .build()
        : AskToLetGoReply.newBuilder()
            .setHolder(new MapViews(machine).grant(request.getLock(), grant))
            .build();
  }

  private static AskToLetGoReply reply(AskToLetGoReply holder, Answer answer) {
    if (answer.hasDone()) {
      return holder.toBuilder().clearRefused().setAsked(true).build();
    }
    Refused refused = answer.getRefused();
    return AskToLetGoReply.newBuilder()
        .setRefused(
            refused.getDetail().isEmpty() && holder.hasRefused() ? holder.getRefused() : refused)
        .build();
  }

  private static void tell(StreamObserver<AskToLetGoReply> caller, AskToLetGoReply reply) {
    caller.onNext(reply);
    caller.onCompleted();
  }
}
