package dev.holdfast.server.door.grpc;

import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.LockValue;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.ElectionsGrpc;
import dev.holdfast.protocol.v1.LeaderReply;
import dev.holdfast.protocol.v1.LeaderRequest;
import dev.holdfast.protocol.v1.LeaderView;
import dev.holdfast.protocol.v1.LockMode;
import io.grpc.stub.StreamObserver;

/** Who leads: a holder of the election's lock, read off the map. */
final class ElectionsService extends ElectionsGrpc.ElectionsImplBase {
  private final Reads reads;

  ElectionsService(Reads reads) {
    this.reads = reads;
  }

  @Override
  public void leader(LeaderRequest request, StreamObserver<LeaderReply> caller) {
    String problem = LockName.problemWith(request.getLock());
    if (problem != null) {
      caller.onError(Refusals.invalid("INVALID_NAME: " + problem));
      return;
    }
    reads.answer(
        request.getConsistency(),
        request.getRevisionMin(),
        caller,
        (machine, label) -> {
          LeaderReply.Builder reply = LeaderReply.newBuilder().setLabel(label);
          LockInfo lock = machine.lock(request.getLock(), 0);
          if (lock != null) {
            lock.holders().stream()
                .filter(grant -> leads(grant, lock.name()))
                .forEach(grant -> reply.setLeader(view(machine, lock, grant)));
          }
          return reply.build();
        });
  }

  /** At most one holder does. */
  private static boolean leads(GrantInfo grant, String lock) {
    for (Demand demand : grant.demands()) {
      if (demand.getLock().equals(lock)) {
        return demand.getMode() == LockMode.LOCK_MODE_X;
      }
    }
    return false;
  }

  private static LeaderView view(LockStateMachine machine, LockInfo lock, GrantInfo grant) {
    SessionInfo session = machine.session(grant.sessionId());
    LeaderView.Builder view =
        LeaderView.newBuilder()
            .setToken(grant.token())
            .setSessionId(grant.sessionId())
            .setOwner(grant.owner())
            .setLabel(session == null ? "" : session.label());
    LockValue value = lock.value();
    if (value != null && value.valid() && value.token() == grant.token()) {
      view.setProclamation(value.value());
    }
    return view.build();
  }
}
