package dev.holdfast.server.node;

import dev.holdfast.protocol.peer.v1.PeerMessage;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.replication.ReadOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes on a log that is always right and otherwise as nasty as consensus may be: outcomes
 * are unknown, leaders change in the middle of everything, messages get lost, followers lag and are
 * brought up by snapshots. All of it from one seed.
 */
final class Simulation {
  record Committed(long term, byte[] entry) {}

  private record Event(long atNanos, long order, Runnable action) {}

  private static final long MILLI = 1_000_000;

  final FakeClock clock = new FakeClock();
  final SplittableRandom random;
  final List<Committed> log = new ArrayList<>();
  final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::order));
  private long nextOrder;
  private long term;
  private @Nullable SimulatedNode leader;
  private boolean faulty = true;

  Simulation(long seed, AdmissionLimits limits) {
    random = new SplittableRandom(seed);
    for (int i = 1; i <= 3; i++) {
      NodeId id = new NodeId("n" + i);
      members.add(Member.initial(id, "127.0.0.1:" + (1_000 + i)));
      nodes.add(new SimulatedNode(this, id, limits));
    }
    for (SimulatedNode node : nodes) {
      wakeEvery20Millis(node);
    }
    elect();
  }

  /** From now on nothing goes wrong any more. */
  void heal() {
    faulty = false;
    if (leader == null) {
      elect();
    }
  }

  void after(long millis, Runnable action) {
    events.add(new Event(clock.nanoTime() + millis * MILLI, nextOrder++, action));
  }

  private void afterDelay(Runnable action) {
    events.add(new Event(clock.nanoTime() + random.nextLong(2 * MILLI), nextOrder++, action));
  }

  void runMillis(long millis) {
    long until = clock.nanoTime() + millis * MILLI;
    while (!events.isEmpty() && events.peek().atNanos() <= until) {
      Event event = events.remove();
      clock.advanceNanos(Math.max(0, event.atNanos() - clock.nanoTime()));
      event.action().run();
    }
    clock.advanceNanos(until - clock.nanoTime());
  }

  private void wakeEvery20Millis(SimulatedNode node) {
    after(
        20,
        () -> {
          node.run(() -> node.tellStatus(members, leader == null ? null : leader.id, term));
          wakeEvery20Millis(node);
        });
  }

  private boolean chance(int percent) {
    return faulty && random.nextInt(100) < percent;
  }

  // The log

  void propose(SimulatedNode by, long byTerm, byte[] entry, ProposalListener listener) {
    boolean lost = chance(4);
    boolean unknown = chance(4);
    afterDelay(
        () -> {
          if (by != leader || byTerm != term || lost) {
            by.run(() -> listener.onOutcome(ProposalOutcome.OUTCOME_UNKNOWN));
            return;
          }
          log.add(new Committed(term, entry));
          if (unknown) {
            by.run(() -> listener.onOutcome(ProposalOutcome.OUTCOME_UNKNOWN));
          } else {
            by.awaitIndex(log.size() - 1, listener);
          }
          nodes.forEach(this::applySoon);
        });
  }

  private void applySoon(SimulatedNode node) {
    long lagMillis = chance(3) ? 50 + random.nextInt(1_500) : random.nextInt(3);
    after(lagMillis, () -> node.run(() -> apply(node)));
  }

  private void apply(SimulatedNode node) {
    SimulatedNode donor = nodes.get(random.nextInt(nodes.size()));
    if (node != leader && chance(5) && donor.applied > node.applied) {
      node.restoreFrom(donor);
    } else {
      node.applyUpTo(log.size());
    }
  }

  void readIndex(SimulatedNode node, ReadListener listener) {
    boolean failed = chance(20);
    int committed = log.size();
    afterDelay(
        () ->
            node.run(
                () -> {
                  if (failed || leader == null) {
                    listener.onOutcome(ReadOutcome.FAILED);
                  } else {
                    node.applyUpTo(Math.max(node.applied, committed));
                    listener.onOutcome(ReadOutcome.APPLIED);
                  }
                }));
  }

  boolean send(SimulatedNode from, NodeId to, PeerMessage message) {
    if (chance(5)) {
      return random.nextBoolean();
    }
    SimulatedNode receiver =
        nodes.stream().filter(node -> node.id.equals(to)).findFirst().orElseThrow();
    int copies = chance(3) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      afterDelay(() -> receiver.run(() -> receiver.core.onPeerMessage(from.id, message)));
    }
    return true;
  }

  // Leaders

  /** Another leader, or the same one in another term, after a while without any. */
  void changeLeader() {
    SimulatedNode old = leader;
    leader = null;
    for (SimulatedNode node : nodes) {
      node.run(
          () -> {
            if (node == old && node.leadsTerm >= 0) {
              node.leadsTerm = -1;
              node.core.onLeadershipLost();
              node.loseProposals();
            }
            node.core.onLeaderChanged(null, term);
          });
    }
    after(random.nextInt(1_400), this::elect);
  }

  private void elect() {
    if (leader != null) {
      return;
    }
    SimulatedNode elected = nodes.get(random.nextInt(nodes.size()));
    leader = elected;
    long newTerm = ++term;
    for (SimulatedNode node : nodes) {
      afterDelay(
          () -> {
            if (term == newTerm && leader == elected) {
              node.run(() -> node.core.onLeaderChanged(elected.id, newTerm));
            }
          });
    }
    afterDelay(
        () -> {
          if (term == newTerm && leader == elected) {
            elected.run(
                () -> {
                  elected.applyUpTo(log.size());
                  elected.leadsTerm = newTerm;
                  elected.core.onLeadershipGained(newTerm);
                });
          }
        });
  }
}
