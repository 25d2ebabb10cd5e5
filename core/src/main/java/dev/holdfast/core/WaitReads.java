package dev.holdfast.core;

import dev.holdfast.core.WaitEdge.Kind;
import dev.holdfast.core.WaitGraph.Edge;
import dev.holdfast.protocol.v1.Demand;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Who waits for whom, for people to read. To be used while nothing is applied. */
public final class WaitReads {
  private final State state;
  private final WaitGraph graph;

  WaitReads(State state) {
    this.state = state;
    this.graph = new WaitGraph(state.lockMap);
  }

  /**
   * The chain from a waiting request to whoever it waits for in the end: for each request the first
   * thing in its way (at the first lock in the order of names, a grant before a request), then what
   * is in the way of that one's owner. It ends with an owner who does not wait, or a reservation.
   *
   * @param hopsMax most edges to tell
   * @return empty if there is no such request, or it does not wait
   */
  public List<WaitEdge> why(long sessionId, long sequence, int hopsMax) {
    SessionContents session = state.contents.get(sessionId);
    Waiting request = session == null ? null : session.waitingBySequence.get(sequence);
    List<WaitEdge> chain = new ArrayList<>();
    TreeSet<Long> seen = new TreeSet<>();
    while (request != null && chain.size() < hopsMax && seen.add(request.ticket())) {
      LockMap.Blocker blocker = state.lockMap.blockerOf(request);
      if (blocker == null) {
        break;
      }
      chain.add(edge(request, blocker.lock(), blocker.grant(), blocker.earlier()));
      request = blocker.grant() == null ? blocker.earlier() : waitingOf(blocker.grant().owner());
    }
    return chain;
  }

  private @Nullable Waiting waitingOf(OwnerKey key) {
    Owner owner = state.lockMap.owner(key);
    return owner == null ? null : owner.waiting;
  }

  /**
   * The whole graph: every waiting request with what is in its way, by tickets.
   *
   * @param afterTicket only requests with greater tickets
   * @param edgesMax most edges to tell; those of a request that was begun are told, to {@code
   *     edgesPerRequestMax}
   */
  public List<WaitEdge> all(long afterTicket, int edgesMax, int edgesPerRequestMax) {
    List<WaitEdge> edges = new ArrayList<>();
    for (long ticket : state.lockMap.waitingAfter(afterTicket)) {
      if (edges.size() >= edgesMax) {
        break;
      }
      Waiting request = Objects.requireNonNull(state.waiting.get(ticket));
      edgesOf(request, edgesPerRequestMax).stream().limit(edgesPerRequestMax).forEach(edges::add);
    }
    return edges;
  }

  private List<WaitEdge> edgesOf(Waiting request, int most) {
    List<WaitEdge> edges = new ArrayList<>();
    for (Edge edge : graph.heldEdges(request, most, true)) {
      edges.add(edge(request, edge.need().lock(), edge.grant(), null));
    }
    for (Edge edge : graph.queuedEdges(request, most)) {
      edges.add(edge(request, edge.need().lock(), null, edge.earlier()));
    }
    return edges;
  }

  /**
   * Where a waiting request stands in the queues of the locks that it names.
   *
   * @param positionMax greater positions are told as this; bounds the cost
   * @return empty if there is no such request, or it does not wait
   */
  public List<QueuePosition> positions(long sessionId, long sequence, int positionMax) {
    SessionContents session = state.contents.get(sessionId);
    Waiting request = session == null ? null : session.waitingBySequence.get(sequence);
    if (request == null) {
      return List.of();
    }
    List<QueuePosition> positions = new ArrayList<>();
    for (Demand demand : request.demands()) {
      Lock lock = Objects.requireNonNull(state.lockMap.lock(demand.getLock()));
      int before = lock.queue.countBefore(request.ticket(), positionMax - 1);
      positions.add(new QueuePosition(lock.name, before + 1, lock.queue.size()));
    }
    return positions;
  }

  private WaitEdge edge(
      Waiting request, String lock, @Nullable Grant grant, @Nullable Waiting earlier) {
    Need wanted = Objects.requireNonNull(request.needAt(lock));
    Reservation reservation =
        grant == null || !grant.isReservation() ? null : state.reservations.get(grant.token());
    OwnerKey by =
        reservation != null
            ? new OwnerKey(reservation.sessionId(), reservation.owner())
            : grant != null ? grant.owner() : Objects.requireNonNull(earlier).owner();
    Need others = grant != null ? grant.needAt(lock) : Objects.requireNonNull(earlier).needAt(lock);
    Need inTheWay = Objects.requireNonNull(others);
    return new WaitEdge(
        request.ticket(),
        request.owner().sessionId(),
        request.sequence(),
        request.owner().owner(),
        labelOf(request.owner()),
        state.clockMillis - request.queuedAtMillis(),
        lock,
        Modes.wire(wanted.mode()),
        wanted.permits(),
        reservation != null ? Kind.RESERVED : grant != null ? Kind.HELD : Kind.QUEUED,
        by.sessionId(),
        by.owner(),
        labelOf(by),
        Modes.wire(inTheWay.mode()),
        inTheWay.permits(),
        grant == null ? 0 : grant.token(),
        earlier == null ? 0 : earlier.ticket());
  }

  private String labelOf(OwnerKey owner) {
    Session session = state.sessions.get(owner.sessionId());
    return session == null ? "" : session.label();
  }
}
