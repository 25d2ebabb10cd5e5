package dev.holdfast.client;

import dev.holdfast.protocol.v1.AskToLetGoReply;
import dev.holdfast.protocol.v1.CheckReply;
import dev.holdfast.protocol.v1.DoorView;
import dev.holdfast.protocol.v1.DumpChunk;
import dev.holdfast.protocol.v1.ForceReleaseReply;
import dev.holdfast.protocol.v1.GrantView;
import dev.holdfast.protocol.v1.InfoReply;
import dev.holdfast.protocol.v1.ListLocksReply;
import dev.holdfast.protocol.v1.ListSessionsReply;
import dev.holdfast.protocol.v1.LockValueView;
import dev.holdfast.protocol.v1.LockView;
import dev.holdfast.protocol.v1.MemberView;
import dev.holdfast.protocol.v1.ReadLabel;
import dev.holdfast.protocol.v1.ReservationView;
import dev.holdfast.protocol.v1.SessionView;
import dev.holdfast.protocol.v1.StatusReply;
import dev.holdfast.protocol.v1.WaitingView;
import java.util.HexFormat;
import java.util.List;

/** From messages to what users see. */
final class Views {
  private Views() {}

  static dev.holdfast.protocol.v1.Consistency wire(Consistency consistency) {
    return switch (consistency) {
      case LINEARIZABLE -> dev.holdfast.protocol.v1.Consistency.LINEARIZABLE;
      case LOCAL -> dev.holdfast.protocol.v1.Consistency.LOCAL;
    };
  }

  static ReadInfo info(ReadLabel label) {
    boolean local = label.getConsistency() == dev.holdfast.protocol.v1.Consistency.LOCAL;
    return new ReadInfo(
        local ? Consistency.LOCAL : Consistency.LINEARIZABLE,
        label.getRevision(),
        label.getNodeId(),
        label.getLeaderHeardMillisAgo(),
        label.getClockMillis());
  }

  static LockHolder holder(GrantView view) {
    return new LockHolder(
        view.getLock(),
        view.getHolder().getSessionId(),
        view.getHolder().getOwner(),
        view.getHolder().getToken(),
        Mode.of(view.getHolder().getMode()),
        view.getHolder().getLabel(),
        view.getClientId(),
        view.getHeldMillis(),
        view.getLeaseLeftMillis(),
        view.getSessionLeftMillis(),
        view.getHolder().getPermits());
  }

  static List<LockHolder> holders(List<GrantView> views) {
    return views.stream().map(Views::holder).toList();
  }

  static LockWaiter waiter(WaitingView view) {
    return new LockWaiter(
        view.getLock(),
        view.getSessionId(),
        view.getOwner(),
        view.getLabel(),
        Mode.of(view.getMode()),
        view.getTicket(),
        view.getWaitedMillis(),
        view.getPosition(),
        view.getPermits());
  }

  static List<LockWaiter> waiters(List<WaitingView> views) {
    return views.stream().map(Views::waiter).toList();
  }

  static LockCheck check(String lock, CheckReply reply) {
    return new LockCheck(
        info(reply.getLabel()),
        lock,
        holders(reply.getHoldersList()),
        reply.getHolderCount(),
        waiters(reply.getQueueList()),
        reply.getQueueLength(),
        reservations(reply.getReservationsList()),
        reply.hasValue() ? value(reply.getValue()) : null);
  }

  private static List<LockReservation> reservations(List<ReservationView> views) {
    return views.stream()
        .map(
            view ->
                new LockReservation(
                    view.getLock(),
                    view.getToken(),
                    view.getSessionId(),
                    view.getOwner(),
                    Mode.of(view.getMode()),
                    view.getPermits(),
                    view.getLeftMillis()))
        .toList();
  }

  private static LockValue value(LockValueView view) {
    return new LockValue(
        view.getValue().asReadOnlyByteBuffer(),
        view.getValid(),
        view.getToken(),
        view.getRevision());
  }

  static AskToLetGoResult asked(AskToLetGoReply reply) {
    return new AskToLetGoResult(
        reply.getAsked(),
        reply.hasRefused() ? Outcomes.refusal(reply.getRefused()) : null,
        reply.hasHolder() ? holder(reply.getHolder()) : null);
  }

  static LockPage page(ListLocksReply reply) {
    return new LockPage(
        info(reply.getLabel()),
        reply.getLocksList().stream().map(Views::summary).toList(),
        reply.getMore());
  }

  private static LockSummary summary(LockView view) {
    return new LockSummary(
        view.getLock(),
        holders(view.getHoldersList()),
        view.getHolderCount(),
        view.getQueueLength(),
        reservations(view.getReservationsList()));
  }

  static SessionPage page(ListSessionsReply reply) {
    return new SessionPage(
        info(reply.getLabel()),
        reply.getSessionsList().stream().map(Views::summary).toList(),
        reply.getMore());
  }

  private static SessionSummary summary(SessionView view) {
    return new SessionSummary(
        view.getSessionId(),
        view.getClientId(),
        view.getLabel(),
        view.getTtlMillis(),
        view.getLeftMillis(),
        view.getGrants(),
        view.getWaiting());
  }

  static MemberInfo member(MemberView view) {
    return new MemberInfo(
        view.getNodeId(),
        view.getIncarnation(),
        view.getPeerAddress(),
        view.getClientEndpoint(),
        view.getLeader(),
        view.getRevision(),
        view.getHeardMillisAgo());
  }

  static List<MemberInfo> members(List<MemberView> views) {
    return views.stream().map(Views::member).toList();
  }

  static NodeStatus status(StatusReply reply) {
    return new NodeStatus(
        reply.getNodeId(),
        reply.getRole(),
        reply.getTerm(),
        reply.getLeaderId(),
        reply.getLeaderEndpoint(),
        reply.getLastLogIndex(),
        reply.getCommittedIndex(),
        reply.getAppliedIndex(),
        reply.getRevision(),
        reply.getMapRevision(),
        reply.getClockMillis(),
        HexFormat.of().formatHex(reply.getStateHash().toByteArray()),
        reply.getSessions(),
        reply.getLocks(),
        reply.getWaiting(),
        reply.getLeaderHeardMillisAgo(),
        members(reply.getMembersList()),
        reply.getVersion(),
        reply.getConnections(),
        reply.getEntriesProposed(),
        reply.getCommandsProposed(),
        doors(reply.getDoorsList()));
  }

  private static List<DoorStatus> doors(List<DoorView> doors) {
    return doors.stream()
        .map(
            door ->
                new DoorStatus(
                    door.getName(),
                    door.getAddress(),
                    door.getConnectionsOpen(),
                    door.getConnections(),
                    door.getRequests()))
        .toList();
  }

  static NodeInfo info(InfoReply reply) {
    return new NodeInfo(
        reply.getNodeId(),
        reply.getCluster(),
        reply.getVersion(),
        reply.getClientEndpoint(),
        doors(reply.getDoorsList()),
        reply.getLimitsList().stream()
            .map(
                limit ->
                    new NodeLimit(
                        limit.getName(), limit.getValue(), limit.getUnit(), limit.getFixed()))
            .toList());
  }

  static ForceReleaseResult forceRelease(ForceReleaseReply reply) {
    return new ForceReleaseResult(
        reply.getReleased(),
        reply.hasRefused() ? Outcomes.refusal(reply.getRefused()) : null,
        reply.hasVictim() ? holder(reply.getVictim()) : null,
        List.copyOf(reply.getLocksList()),
        waiters(reply.getNextList()));
  }

  static DumpPart dump(DumpChunk chunk) {
    return new DumpPart(info(chunk.getLabel()), holders(chunk.getHoldersList()));
  }
}
