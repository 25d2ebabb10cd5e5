package dev.holdfast.server.door;

import dev.holdfast.core.LockInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.core.WaitEdge;
import dev.holdfast.core.WaitingInfo;
import dev.holdfast.protocol.v1.ChainEnd;
import dev.holdfast.protocol.v1.InTheWay;
import dev.holdfast.protocol.v1.WaitView;
import dev.holdfast.protocol.v1.WhyReply;
import java.util.ArrayList;
import java.util.List;

/** Tells who waits for whom in the words of the wire. To be used while nothing is applied. */
public final class WaitViews {
  /** Longer chains are cut: somebody is to read them. */
  public static final int HOPS_MAX = 1_000;

  /** Requests that are looked through for the one that a person means. */
  private static final int CANDIDATES_MAX = 10_000;

  private final LockStateMachine machine;

  public WaitViews(LockStateMachine machine) {
    this.machine = machine;
  }

  /** What is in the way of a request. */
  public WaitView wait(WaitEdge edge) {
    return WaitView.newBuilder()
        .setSessionId(edge.sessionId())
        .setSequence(edge.sequence())
        .setOwner(edge.owner())
        .setLabel(edge.label())
        .setTicket(edge.ticket())
        .setWaitedMillis(Math.max(0, edge.waitedMillis()))
        .setLock(edge.lock())
        .setWantedMode(edge.wantedMode())
        .setWantedPermits(edge.wantedPermits())
        .setKind(kind(edge.kind()))
        .setBySessionId(edge.bySessionId())
        .setByOwner(edge.byOwner())
        .setByLabel(edge.byLabel())
        .setByMode(edge.byMode())
        .setByPermits(edge.byPermits())
        .setByToken(edge.byToken())
        .setByTicket(edge.byTicket())
        .build();
  }

  private static InTheWay kind(WaitEdge.Kind kind) {
    return switch (kind) {
      case HELD -> InTheWay.IN_THE_WAY_HELD;
      case RESERVED -> InTheWay.IN_THE_WAY_RESERVED;
      case QUEUED -> InTheWay.IN_THE_WAY_QUEUED;
    };
  }

  /** The chain that begins with a request; empty if it does not wait. */
  public WhyReply.Builder why(long sessionId, long sequence) {
    List<WaitEdge> hops = machine.waits().why(sessionId, sequence, HOPS_MAX);
    WhyReply.Builder reply = WhyReply.newBuilder();
    if (hops.isEmpty()) {
      return reply;
    }
    hops.forEach(hop -> reply.addHops(wait(hop)));
    return reply.setEnd(end(hops)).setMatches(1);
  }

  private static ChainEnd end(List<WaitEdge> hops) {
    WaitEdge last = hops.getLast();
    if (last.kind() == WaitEdge.Kind.RESERVED) {
      return ChainEnd.CHAIN_END_RESERVATION;
    }
    for (WaitEdge hop : hops) {
      if (hop.sessionId() == last.bySessionId() && hop.owner().equals(last.byOwner())) {
        return ChainEnd.CHAIN_END_CIRCLE;
      }
    }
    return hops.size() >= HOPS_MAX ? ChainEnd.CHAIN_END_CUT : ChainEnd.CHAIN_END_HOLDER;
  }

  /**
   * The chain that begins with the earliest request that waits for a lock by name and is
   * somebody's.
   *
   * @param who an owner key, or a part of a session's label; empty for anybody
   */
  public WhyReply.Builder why(String lock, String who) {
    List<WaitingInfo> meant = new ArrayList<>();
    LockInfo info = machine.lock(lock, CANDIDATES_MAX);
    if (info != null) {
      info.queue().stream().filter(waiting -> isMeant(waiting, who)).forEach(meant::add);
    }
    return meant.isEmpty()
        ? WhyReply.newBuilder()
        : why(meant.getFirst().sessionId(), meant.getFirst().sequence()).setMatches(meant.size());
  }

  private boolean isMeant(WaitingInfo waiting, String who) {
    if (who.isEmpty() || waiting.owner().equals(who)) {
      return true;
    }
    SessionInfo session = machine.session(waiting.sessionId());
    return session != null && session.label().contains(who);
  }
}
