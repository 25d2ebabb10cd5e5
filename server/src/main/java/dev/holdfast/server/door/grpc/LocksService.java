package dev.holdfast.server.door.grpc;

import dev.holdfast.core.LockInfo;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.CheckReply;
import dev.holdfast.protocol.v1.CheckRequest;
import dev.holdfast.protocol.v1.ListLocksReply;
import dev.holdfast.protocol.v1.ListLocksRequest;
import dev.holdfast.protocol.v1.ListSessionsReply;
import dev.holdfast.protocol.v1.ListSessionsRequest;
import dev.holdfast.protocol.v1.LockValueView;
import dev.holdfast.protocol.v1.LocksGrpc;
import dev.holdfast.protocol.v1.VerifyReply;
import dev.holdfast.protocol.v1.VerifyRequest;
import dev.holdfast.server.door.MapViews;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** Questions about the map, without a session. */
final class LocksService extends LocksGrpc.LocksImplBase {
  static final int PAGE_MAX = 1_000;

  /** Most holders of a lock in one answer, which has to fit into a frame. */
  static final int HOLDERS_MAX = 10_000;

  /** The same where there are many locks in one answer. */
  static final int HOLDERS_OF_EACH_MAX = 10;

  private final Reads reads;

  LocksService(Reads reads) {
    this.reads = reads;
  }

  @Override
  public void check(CheckRequest request, StreamObserver<CheckReply> caller) {
    if (isNoName(request.getLock(), caller)) {
      return;
    }
    int queueLimit = Math.clamp(request.getQueueLimit(), 0, PAGE_MAX);
    reads.answer(
        request.getConsistency(),
        request.getRevisionMin(),
        caller,
        (machine, label) -> {
          CheckReply.Builder reply = CheckReply.newBuilder().setLabel(label);
          LockInfo lock = machine.lock(request.getLock(), HOLDERS_MAX, queueLimit);
          if (lock != null) {
            MapViews views = new MapViews(machine);
            reply
                .addAllHolders(views.holders(lock))
                .setHolderCount(lock.holderCount())
                .addAllQueue(views.queue(lock))
                .addAllReservations(views.reservations(lock))
                .setQueueLength(lock.queueLength());
            LockValueView value = MapViews.value(lock);
            if (value != null) {
              reply.setValue(value);
            }
          }
          return reply.build();
        });
  }

  @Override
  public void listLocks(ListLocksRequest request, StreamObserver<ListLocksReply> caller) {
    int limit = pageOf(request.getLimit());
    reads.answer(
        request.getConsistency(),
        0,
        caller,
        (machine, label) -> {
          List<LockInfo> locks =
              machine.locks(
                  request.getPrefix(), request.getAfter(), limit + 1, HOLDERS_OF_EACH_MAX);
          MapViews views = new MapViews(machine);
          ListLocksReply.Builder reply =
              ListLocksReply.newBuilder().setLabel(label).setMore(locks.size() > limit);
          locks.stream().limit(limit).forEach(lock -> reply.addLocks(views.lock(lock)));
          return reply.build();
        });
  }

  @Override
  public void listSessions(ListSessionsRequest request, StreamObserver<ListSessionsReply> caller) {
    int limit = pageOf(request.getLimit());
    reads.answer(
        request.getConsistency(),
        0,
        caller,
        (machine, label) -> {
          List<SessionInfo> sessions = machine.sessions(request.getAfterSessionId(), limit + 1);
          MapViews views = new MapViews(machine);
          ListSessionsReply.Builder reply =
              ListSessionsReply.newBuilder().setLabel(label).setMore(sessions.size() > limit);
          sessions.stream()
              .limit(limit)
              .forEach(session -> reply.addSessions(views.session(session)));
          return reply.build();
        });
  }

  @Override
  public void verify(VerifyRequest request, StreamObserver<VerifyReply> caller) {
    if (isNoName(request.getLock(), caller)) {
      return;
    }
    reads.answer(
        request.getConsistency(),
        0,
        caller,
        (machine, label) ->
            VerifyReply.newBuilder()
                .setLabel(label)
                .setCurrent(machine.isCurrent(request.getLock(), request.getToken()))
                .build());
  }

  private static int pageOf(int limit) {
    return limit <= 0 ? PAGE_MAX : Math.min(limit, PAGE_MAX);
  }

  private static boolean isNoName(String name, StreamObserver<?> caller) {
    String problem = LockName.problemWith(name);
    if (problem != null) {
      caller.onError(Refusals.invalid("INVALID_NAME: " + problem));
    }
    return problem != null;
  }
}
