package dev.holdfast.server.door.grpc;

import com.google.protobuf.ByteString;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.peer.v1.Announcement;
import dev.holdfast.protocol.v1.AddMemberRequest;
import dev.holdfast.protocol.v1.AskToLetGoReply;
import dev.holdfast.protocol.v1.AskToLetGoRequest;
import dev.holdfast.protocol.v1.ClusterGrpc;
import dev.holdfast.protocol.v1.DumpChunk;
import dev.holdfast.protocol.v1.DumpRequest;
import dev.holdfast.protocol.v1.ForceReleaseReply;
import dev.holdfast.protocol.v1.ForceReleaseRequest;
import dev.holdfast.protocol.v1.InfoReply;
import dev.holdfast.protocol.v1.InfoRequest;
import dev.holdfast.protocol.v1.MemberView;
import dev.holdfast.protocol.v1.MembersReply;
import dev.holdfast.protocol.v1.RemoveMemberRequest;
import dev.holdfast.protocol.v1.ReplaceMemberRequest;
import dev.holdfast.protocol.v1.StatusReply;
import dev.holdfast.protocol.v1.StatusRequest;
import dev.holdfast.protocol.v1.TakeSnapshotReply;
import dev.holdfast.protocol.v1.TakeSnapshotRequest;
import dev.holdfast.protocol.v1.TransferLeadershipRequest;
import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.MembershipException;
import dev.holdfast.replication.NodeId;
import dev.holdfast.server.door.NodeFacts;
import dev.holdfast.server.host.NodeHost;
import dev.holdfast.server.node.NodeCore;
import dev.holdfast.server.node.NodeReport;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What operators ask and do. */
final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private static final long TRANSFER_POLL_MILLIS = 50;
  private static final int TRANSFER_POLLS_MAX = 100;

  private final NodeHost node;
  private final ScheduledExecutorService readers;
  private final ForceReleases forceReleases;
  private final Revocations revocations;
  private final Dumps dumps;
  private final NodeFacts facts;

  ClusterService(NodeHost node, Reads reads, ScheduledExecutorService readers, NodeFacts facts) {
    this.node = node;
    this.readers = readers;
    this.forceReleases = new ForceReleases(node, reads, readers);
    this.revocations = new Revocations(node, reads, readers);
    this.dumps = new Dumps(node, reads);
    this.facts = facts;
  }

  private record Report(NodeReport report, List<MemberView> members) {}

  @Override
  public void status(StatusRequest request, StreamObserver<StatusReply> caller) {
    readers.execute(() -> tellStatus(caller));
  }

  private void tellStatus(StreamObserver<StatusReply> caller) {
    LogStatus status = node.log().status();
    node.ask(
        core -> new Report(core.report(), members(core, status.members(), status.leader())),
        report -> readers.execute(() -> tellStatus(caller, status, report)));
  }

  private void tellStatus(StreamObserver<StatusReply> caller, LogStatus status, Report report) {
    StatusReply.Builder reply =
        StatusReply.newBuilder()
            .setNodeId(node.identity().id().value())
            .setRole(status.role().name())
            .setTerm(status.term())
            .setLastLogIndex(status.lastLogIndex())
            .setCommittedIndex(status.committedIndex())
            .setAppliedIndex(status.appliedIndex())
            .setLeaderHeardMillisAgo(
                status.leaderSilenceMillis() == Long.MAX_VALUE ? -1 : status.leaderSilenceMillis())
            .addAllMembers(report.members())
            .setVersion(node.identity().version())
            .setConnections(report.report().sessionsAttached())
            .setEntriesProposed(report.report().entriesProposed())
            .setCommandsProposed(report.report().commandsProposed())
            .setStateHash(ByteString.copyFrom(node.stateHash()))
            .addAllDoors(FactViews.doors(facts));
    NodeId leader = status.leader();
    if (leader != null) {
      reply.setLeaderId(leader.value());
      for (MemberView member : report.members()) {
        if (member.getLeader()) {
          reply.setLeaderEndpoint(member.getClientEndpoint());
        }
      }
    }
    node.map().read(machine -> addMap(reply, machine));
    caller.onNext(reply.build());
    caller.onCompleted();
  }

  private static StatusReply.Builder addMap(StatusReply.Builder reply, LockStateMachine machine) {
    return reply
        .setRevision(machine.revision())
        .setMapRevision(machine.mapRevision())
        .setClockMillis(machine.clockMillis())
        .setSessions(machine.sessionCount())
        .setLocks(machine.lockCount())
        .setWaiting(machine.waitingCount());
  }

  private static List<MemberView> members(
      NodeCore core, List<Member> members, @Nullable NodeId leader) {
    List<MemberView> views = new ArrayList<>();
    for (Member member : members) {
      String endpoint = core.endpointOf(member.id());
      Announcement announced = core.announcementOf(member.id());
      views.add(
          MemberView.newBuilder()
              .setNodeId(member.id().value())
              .setIncarnation(member.incarnation())
              .setPeerAddress(member.peerAddress())
              .setClientEndpoint(endpoint == null ? "" : endpoint)
              .setLeader(member.id().equals(leader))
              .setRevision(announced == null ? -1 : announced.getRevision())
              .setHeardMillisAgo(core.announcedMillisAgo(member.id()))
              .build());
    }
    return views;
  }

  @Override
  public void info(InfoRequest request, StreamObserver<InfoReply> caller) {
    caller.onNext(FactViews.info(node.identity(), facts));
    caller.onCompleted();
  }

  @Override
  public void addMember(AddMemberRequest request, StreamObserver<MembersReply> caller) {
    changeMembers(
        caller, () -> node.log().addMember(nodeId(request.getNodeId()), request.getPeerAddress()));
  }

  @Override
  public void removeMember(RemoveMemberRequest request, StreamObserver<MembersReply> caller) {
    changeMembers(caller, () -> node.log().removeMember(nodeId(request.getNodeId())));
  }

  @Override
  public void replaceMember(ReplaceMemberRequest request, StreamObserver<MembersReply> caller) {
    changeMembers(caller, () -> node.log().replaceMember(nodeId(request.getNodeId())));
  }

  @FunctionalInterface
  private interface Change {
    CompletableFuture<List<Member>> begin();
  }

  private void changeMembers(StreamObserver<MembersReply> caller, Change change) {
    var _ =
        begin(change)
            .whenCompleteAsync(
                (members, problem) -> {
                  if (problem != null) {
                    fail(caller, problem);
                  } else {
                    tellMembers(caller, members);
                  }
                },
                readers);
  }

  private static CompletableFuture<List<Member>> begin(Change change) {
    try {
      return change.begin();
    } catch (StatusRuntimeException | MembershipException e) {
      return CompletableFuture.failedFuture(e);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          Refusals.invalid(e.getMessage() + "; correct it and ask again"));
    }
  }

  private void tellMembers(StreamObserver<MembersReply> caller, List<Member> members) {
    node.ask(
        core -> members(core, members, core.report().leader()),
        views -> {
          caller.onNext(MembersReply.newBuilder().addAllMembers(views).build());
          caller.onCompleted();
        });
  }

  private void fail(StreamObserver<?> caller, Throwable problem) {
    Throwable cause =
        problem instanceof CompletionException && problem.getCause() != null
            ? problem.getCause()
            : problem;
    switch (cause) {
      case MembershipException refused -> fail(caller, refused);
      case StatusRuntimeException status -> caller.onError(status);
      default ->
          caller.onError(
              Status.INTERNAL.withDescription(cause.toString()).withCause(cause).asException());
    }
  }

  private void fail(StreamObserver<?> caller, MembershipException refused) {
    Status status =
        switch (refused.reason()) {
          case NOT_LEADER -> null;
          case CHANGE_UNDER_WAY, NODE_NOT_WAITING -> Status.FAILED_PRECONDITION;
          case WRONG_MEMBER -> Status.INVALID_ARGUMENT;
          case OUTCOME_UNKNOWN -> Status.UNKNOWN;
        };
    if (status == null) {
      failNotLeader(caller);
    } else {
      caller.onError(status.withDescription(refused.getMessage()).asRuntimeException());
    }
  }

  private void failNotLeader(StreamObserver<?> caller) {
    node.ask(NodeCore::report, report -> caller.onError(Refusals.notLeader(node, report)));
  }

  @Override
  public void transferLeadership(
      TransferLeadershipRequest request, StreamObserver<StatusReply> caller) {
    NodeId to;
    try {
      to = request.getNodeId().isEmpty() ? null : nodeId(request.getNodeId());
    } catch (StatusRuntimeException e) {
      caller.onError(e);
      return;
    }
    readers.execute(() -> transfer(to, caller));
  }

  private void transfer(@Nullable NodeId to, StreamObserver<StatusReply> caller) {
    LogStatus status = node.log().status();
    NodeId self = node.identity().id();
    if (!self.equals(status.leader())) {
      failNotLeader(caller);
    } else if (to != null && status.members().stream().noneMatch(m -> m.id().equals(to))) {
      caller.onError(
          Refusals.invalid(to + " is no member; name one of " + names(status.members())));
    } else if (status.members().size() < 2) {
      caller.onError(
          Status.FAILED_PRECONDITION
              .withDescription("this cluster has one node, so there is nobody to hand over to")
              .asRuntimeException());
    } else if (self.equals(to)) {
      tellStatus(caller);
    } else {
      node.log().transferLeadership(to);
      awaitTransfer(caller, 0);
    }
  }

  private void awaitTransfer(StreamObserver<StatusReply> caller, int polls) {
    NodeId leader = node.log().status().leader();
    if (leader != null && !leader.equals(node.identity().id())) {
      tellStatus(caller);
    } else if (polls < TRANSFER_POLLS_MAX) {
      var _ =
          readers.schedule(
              () -> awaitTransfer(caller, polls + 1), TRANSFER_POLL_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      caller.onError(
          Status.DEADLINE_EXCEEDED
              .withDescription(
                  "no other node has taken over within 5 s; look at `holdfast cluster status` and"
                      + " ask again")
              .asRuntimeException());
    }
  }

  private static List<String> names(List<Member> members) {
    return members.stream().map(member -> member.id().value()).toList();
  }

  @Override
  public void takeSnapshot(TakeSnapshotRequest request, StreamObserver<TakeSnapshotReply> caller) {
    var _ =
        node.log()
            .takeSnapshot()
            .whenCompleteAsync(
                (snapshot, problem) -> {
                  if (problem != null) {
                    fail(caller, problem);
                    return;
                  }
                  caller.onNext(
                      TakeSnapshotReply.newBuilder()
                          .setLogIndex(snapshot.index())
                          .setBytes(snapshot.bytes())
                          .build());
                  caller.onCompleted();
                },
                readers);
  }

  @Override
  public void forceRelease(ForceReleaseRequest request, StreamObserver<ForceReleaseReply> caller) {
    forceReleases.answer(request, caller);
  }

  @Override
  public void askToLetGo(AskToLetGoRequest request, StreamObserver<AskToLetGoReply> caller) {
    revocations.answer(request, caller);
  }

  @Override
  public void dump(DumpRequest request, StreamObserver<DumpChunk> caller) {
    dumps.answer(request, caller);
  }

  private static NodeId nodeId(String text) {
    try {
      return new NodeId(text);
    } catch (IllegalArgumentException e) {
      throw Refusals.invalid(String.valueOf(e.getMessage()));
    }
  }
}
