package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.error.RaftError;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.MembershipException;
import dev.holdfast.replication.MembershipException.Reason;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.founding.Admission;
import dev.holdfast.replication.peer.Links;
import dev.holdfast.replication.peer.Peer;
import dev.holdfast.replication.peer.PeerTransport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Changes of the members, on the leader. Each is one joint change of the engine's configuration;
 * the engine allows one at a time.
 */
final class Membership {
  /** Both the order to start and the engine give up on a node that they cannot reach at once. */
  private static final long CONNECT_MILLIS_MAX = 3_000;

  private final EngineNode engine;
  private final Admission admission;
  private final PeerTransport transport;
  private final Executor waiting;
  private final Supplier<Leadership> leadership;
  private final Map<NodeId, Integer> handedOut = new HashMap<>();

  /**
   * Changes of one engine's members.
   *
   * @param transport must reach a newcomer first
   * @param waiting runs what waits for that
   */
  Membership(
      EngineNode engine,
      Admission admission,
      PeerTransport transport,
      Executor waiting,
      Supplier<Leadership> leadership) {
    this.engine = engine;
    this.admission = admission;
    this.transport = transport;
    this.waiting = waiting;
    this.leadership = leadership;
  }

  CompletableFuture<List<Member>> add(NodeId id, String peerAddress) {
    List<Member> members = members();
    if (find(members, id).isPresent()
        || members.stream().anyMatch(member -> member.peerAddress().equals(peerAddress))) {
      return refuse(Reason.WRONG_MEMBER, id + " or " + peerAddress + " is a member already");
    }
    return enlist(members, new Member(id, nextIncarnation(id, 0), peerAddress));
  }

  CompletableFuture<List<Member>> replace(NodeId id) {
    List<Member> members = members();
    Optional<Member> former = find(members, id);
    if (former.isEmpty()) {
      return refuse(Reason.WRONG_MEMBER, id + " is no member");
    }
    List<Member> others = without(members, id);
    int incarnation = nextIncarnation(id, former.get().incarnation());
    return enlist(others, new Member(id, incarnation, former.get().peerAddress()));
  }

  CompletableFuture<List<Member>> remove(NodeId id) {
    List<Member> members = members();
    if (find(members, id).isEmpty()) {
      return refuse(Reason.WRONG_MEMBER, id + " is no member");
    }
    if (members.size() == 1) {
      return refuse(Reason.WRONG_MEMBER, id + " is the only member");
    }
    return change(without(members, id));
  }

  /**
   * A number that no earlier life of the node had: incarnations never exceed the term in which they
   * were handed out except within one term, whose only leader is this process.
   */
  private int nextIncarnation(NodeId id, int former) {
    synchronized (handedOut) {
      int known = Math.max(former, handedOut.getOrDefault(id, 0));
      int next = (int) Math.max(known + 1L, leadership.get().term());
      handedOut.put(id, next);
      return next;
    }
  }

  private CompletableFuture<List<Member>> enlist(List<Member> others, Member newcomer) {
    if (!leadership.get().gained()) {
      return refuse(Reason.NOT_LEADER, "only the leader changes members");
    }
    List<Member> next = new ArrayList<>(others);
    next.add(newcomer);
    Peer peer = Peers.toPeer(Peers.toPeerId(newcomer).getEndpoint());
    return CompletableFuture.runAsync(() -> awaitUp(transport.messageLinks(), peer), waiting)
        .thenCompose(
            asked -> admission.order(newcomer.id(), newcomer.peerAddress(), newcomer.incarnation()))
        .thenComposeAsync(
            started -> {
              awaitUp(transport.engineLinks(), peer);
              return change(next);
            },
            waiting);
  }

  /**
   * A node that has just been started may not be connected yet, least of all one that was never a
   * member. What is not up in time fails in what comes next, with a reason.
   */
  private static void awaitUp(Links links, Peer peer) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CONNECT_MILLIS_MAX);
    try {
      while (!links.awaitUp(peer, 200) && System.nanoTime() - deadline < 0) {
        // A link that could not be opened may be tried again only after a moment.
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (InterruptedException e) {
      // The node is being closed, so the change will fail by itself.
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<List<Member>> change(List<Member> next) {
    if (!leadership.get().gained()) {
      return refuse(Reason.NOT_LEADER, "only the leader changes members");
    }
    Configuration configuration = Peers.toConfiguration(next);
    CompletableFuture<List<Member>> changed = new CompletableFuture<>();
    engine
        .node()
        .changePeers(
            configuration,
            status -> {
              if (status.isOk()) {
                changed.complete(Peers.toMembers(configuration));
              } else {
                changed.completeExceptionally(failure(status));
              }
            });
    return changed;
  }

  private static MembershipException failure(Status status) {
    Reason reason =
        switch (status.getRaftError()) {
          case EPERM -> Reason.NOT_LEADER;
          case EBUSY -> Reason.CHANGE_UNDER_WAY;
          default -> Reason.OUTCOME_UNKNOWN;
        };
    // The engine says EPERM both for "not the leader" and for "stepped down meanwhile".
    if (status.getRaftError() == RaftError.EPERM
        && !String.valueOf(status.getErrorMsg()).contains("Not leader")) {
      reason = Reason.OUTCOME_UNKNOWN;
    }
    return new MembershipException(reason, "the members were not changed: " + status);
  }

  private List<Member> members() {
    return Peers.toMembers(engine.configuration());
  }

  private static Optional<Member> find(List<Member> members, NodeId id) {
    return members.stream().filter(member -> member.id().equals(id)).findFirst();
  }

  private static List<Member> without(List<Member> members, NodeId id) {
    return members.stream().filter(member -> !member.id().equals(id)).toList();
  }

  private static CompletableFuture<List<Member>> refuse(Reason reason, String message) {
    return CompletableFuture.failedFuture(new MembershipException(reason, message));
  }
}
