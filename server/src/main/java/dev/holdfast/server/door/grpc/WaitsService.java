package dev.holdfast.server.door.grpc;

import dev.holdfast.core.WaitEdge;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.Consistency;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.LintReply;
import dev.holdfast.protocol.v1.LintRequest;
import dev.holdfast.protocol.v1.ListDeadlocksReply;
import dev.holdfast.protocol.v1.ListDeadlocksRequest;
import dev.holdfast.protocol.v1.ListWaitsReply;
import dev.holdfast.protocol.v1.ListWaitsRequest;
import dev.holdfast.protocol.v1.PositionView;
import dev.holdfast.protocol.v1.PositionsReply;
import dev.holdfast.protocol.v1.PositionsRequest;
import dev.holdfast.protocol.v1.ReadLabel;
import dev.holdfast.protocol.v1.WaitsGrpc;
import dev.holdfast.protocol.v1.WhyReply;
import dev.holdfast.protocol.v1.WhyRequest;
import dev.holdfast.server.door.LintViews;
import dev.holdfast.server.door.WaitViews;
import dev.holdfast.server.host.NodeHost;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** Questions about who waits for whom, without a session. */
final class WaitsService extends WaitsGrpc.WaitsImplBase {
  private static final int WAITS_MAX = 1_000;
  private static final int WAITS_PER_REQUEST_MAX = 64;
  private static final int DEADLOCKS_MAX = 64;
  private static final int POSITION_MAX = 100_000;
  private static final int FINDINGS_MAX = 1_000;

  /** A cycle with long names is large; what does not fit into a reply is told in the next. */
  private static final int REPLY_BYTES_AIM = 1024 * 1024;

  private final NodeHost node;
  private final Reads reads;

  WaitsService(NodeHost node, Reads reads) {
    this.node = node;
    this.reads = reads;
  }

  @Override
  public void listDeadlocks(
      ListDeadlocksRequest request, StreamObserver<ListDeadlocksReply> caller) {
    int limit = limitOf(request.getLimit(), DEADLOCKS_MAX);
    long before = request.getBeforeRevision() <= 0 ? Long.MAX_VALUE : request.getBeforeRevision();
    reads.answer(
        request.getConsistency(),
        0,
        caller,
        (machine, label) -> {
          ListDeadlocksReply.Builder reply = ListDeadlocksReply.newBuilder().setLabel(label);
          addLatest(reply, machine.deadlocks(), before, limit);
          return reply.build();
        });
  }

  private static void addLatest(
      ListDeadlocksReply.Builder reply, List<Deadlock> oldestFirst, long before, int limit) {
    int bytes = 0;
    for (Deadlock deadlock : oldestFirst.reversed()) {
      if (deadlock.getRevision() >= before) {
        continue;
      }
      bytes += deadlock.getSerializedSize();
      if (reply.getDeadlocksCount() == limit
          || (bytes > REPLY_BYTES_AIM && reply.getDeadlocksCount() > 0)) {
        reply.setMore(true);
        return;
      }
      reply.addDeadlocks(deadlock);
    }
  }

  @Override
  public void listWaits(ListWaitsRequest request, StreamObserver<ListWaitsReply> caller) {
    int limit = limitOf(request.getLimit(), WAITS_MAX);
    int perRequest = limitOf(request.getLimitPerRequest(), WAITS_PER_REQUEST_MAX);
    reads.answer(
        request.getConsistency(),
        0,
        caller,
        (machine, label) -> {
          WaitViews views = new WaitViews(machine);
          List<WaitEdge> waits = machine.waits().all(request.getAfterTicket(), limit, perRequest);
          ListWaitsReply.Builder reply =
              ListWaitsReply.newBuilder().setLabel(label).setWaiting(machine.waitingCount());
          waits.forEach(edge -> reply.addWaits(views.wait(edge)));
          boolean more =
              waits.size() >= limit
                  && !machine.waits().all(waits.getLast().ticket(), 1, 1).isEmpty();
          return reply.setMore(more).build();
        });
  }

  @Override
  public void why(WhyRequest request, StreamObserver<WhyReply> caller) {
    if (request.getLock().isEmpty()) {
      if (isNoRequest(request.getSessionId(), request.getSequence(), caller)) {
        return;
      }
    } else {
      String problem = LockName.problemWith(request.getLock());
      if (problem != null) {
        caller.onError(Refusals.invalid("INVALID_NAME: " + problem));
        return;
      }
    }
    reads.answer(
        request.getConsistency(),
        0,
        caller,
        (machine, label) -> {
          WaitViews views = new WaitViews(machine);
          WhyReply.Builder reply =
              request.getLock().isEmpty()
                  ? views.why(request.getSessionId(), request.getSequence())
                  : views.why(request.getLock(), request.getWho());
          return reply.setLabel(label).build();
        });
  }

  @Override
  public void positions(PositionsRequest request, StreamObserver<PositionsReply> caller) {
    if (isNoRequest(request.getSessionId(), request.getSequence(), caller)) {
      return;
    }
    reads.answer(
        request.getConsistency(),
        0,
        caller,
        (machine, label) -> {
          PositionsReply.Builder reply = PositionsReply.newBuilder().setLabel(label);
          machine
              .waits()
              .positions(request.getSessionId(), request.getSequence(), POSITION_MAX)
              .forEach(
                  each ->
                      reply.addPositions(
                          PositionView.newBuilder()
                              .setLock(each.lock())
                              .setPosition(each.position())
                              .setQueueLength(each.queueLength())));
          return reply.build();
        });
  }

  @Override
  public void lint(LintRequest request, StreamObserver<LintReply> caller) {
    int limit = limitOf(request.getLimit(), FINDINGS_MAX);
    reads.whenAllowed(
        Consistency.LOCAL,
        0,
        caller,
        () -> {
          // Searched through without any hold on the map.
          LintReply.Builder reply = LintViews.reply(node.lockOrders(), limit);
          reply.setLabel(
              node.map().<ReadLabel>read(machine -> reads.label(Consistency.LOCAL, machine)));
          caller.onNext(reply.build());
          caller.onCompleted();
        });
  }

  private static boolean isNoRequest(long sessionId, long sequence, StreamObserver<?> caller) {
    if (sessionId > 0 && sequence > 0) {
      return false;
    }
    caller.onError(
        Refusals.invalid(
            "session_id and sequence name no request; send both, 1 or more (to ask why somebody"
                + " waits, a lock's name will do)"));
    return true;
  }

  private static int limitOf(int limit, int most) {
    return limit <= 0 ? most : Math.min(limit, most);
  }
}
