package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.NodeStatus;
import dev.holdfast.protocol.v1.Answered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cuts between the nodes: only a side with a majority grants, and nobody waits for the other. */
@Timeout(300)
final class PartitionProbeTest {
  private static final int REQUESTS = 20;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  private int minorityRequests;

  @Test
  void only_the_side_with_a_majority_grants() {
    RealCluster cluster = clusters.startRelayed(3, "");
    Acknowledged acknowledged = new Acknowledged(cluster);
    int rounds = Probe.rounds(2);
    for (int round = 0; round < rounds; round++) {
      String leader = cluster.leader();
      cutOff(cluster, acknowledged, List.of(leader), "leader/" + round);
      cutOff(cluster, acknowledged, List.of(cluster.followers().get(0)), "follower/" + round);
      cutOff(cluster, acknowledged, cluster.nodes(), "all/" + round);
    }
    System.out.printf(
        "partitions: %d cuts, %d requests to minorities, of which none was granted, %d acknowledged"
            + " grants kept%n",
        3 * rounds, minorityRequests, acknowledged.count());
  }

  /** Cuts some nodes off, each by itself, asks both sides for locks, and heals. */
  private void cutOff(
      RealCluster cluster, Acknowledged acknowledged, List<String> minority, String lock) {
    List<RawSession> sessions = new ArrayList<>();
    for (String node : minority) {
      sessions.add(RawSession.open(cluster.clientPort(node), 600_000));
    }
    minority.forEach(cluster.network()::isolate);
    for (int i = 1; i <= REQUESTS; i++) {
      for (RawSession session : sessions) {
        session.send(RawSession.acquire(i, lock + "/" + session.sessionId() + "/" + i));
        minorityRequests++;
      }
    }
    if (minority.size() < 2) {
      acknowledged.keepOneByOne(50);
    }
    for (String node : minority) {
      Probe.awaitStatus(cluster, node, "leads no more", status -> !status.role().equals("LEADER"));
    }
    for (RawSession session : sessions) {
      assertThat(session.received().stream().filter(PartitionProbeTest::isGrant)).isEmpty();
      session.close();
    }
    cluster.network().healAll();
    cluster.awaitReady();
    acknowledged.keep(10);
    acknowledged.requireAllHeld();
    cluster.awaitEqualMaps();
  }

  private static boolean isGrant(Answered answered) {
    return answered.getAnswer().hasGranted();
  }

  @Test
  void a_cut_in_one_direction_costs_no_availability() {
    RealCluster cluster = clusters.startRelayed(3, "");
    Acknowledged acknowledged = new Acknowledged(cluster);
    acknowledged.keep(10);
    int rounds = Probe.rounds(1);
    for (int round = 0; round < rounds; round++) {
      for (Way way : Way.values()) {
        String leader = cluster.leader();
        List<String> followers = cluster.followers();
        long term = Probe.status(cluster, leader).term();
        cut(cluster.network(), way, leader, followers);
        long startNanos = System.nanoTime();
        acknowledged.keepOneByOne(1);
        long firstMillis = (System.nanoTime() - startNanos) / 1_000_000;
        // Longer than any time-out of an election, so that whoever wants to be elected has tried.
        await()
            .during(Duration.ofSeconds(2))
            .atMost(RealCluster.PATIENCE)
            .pollInterval(Duration.ofMillis(50))
            .until(
                () -> {
                  acknowledged.keepOneByOne(1);
                  return true;
                });
        List<NodeStatus> during =
            cluster.nodes().stream().map(node -> Probe.status(cluster, node)).toList();
        cluster.network().healAll();
        cluster.awaitReady();
        System.out.printf(
            "one-way cut %s: first grant after %d ms, term %d then %s, now %d, leader %s then %s%n",
            way,
            firstMillis,
            term,
            during.stream().map(NodeStatus::term).toList(),
            Probe.status(cluster, leader).term(),
            leader,
            cluster.leader());
        acknowledged.requireAllHeld();
        cluster.awaitEqualMaps();
      }
    }
    System.out.printf(
        "one-way cuts: %d rounds, %d acknowledged grants kept%n", rounds, acknowledged.count());
  }

  /** What is cut. */
  private enum Way {
    LEADER_TO_ONE,
    ONE_TO_LEADER,
    LEADER_TO_BOTH,
    BOTH_TO_LEADER,
    BETWEEN_FOLLOWERS
  }

  private static void cut(PeerNetwork network, Way way, String leader, List<String> followers) {
    String one = followers.get(0);
    switch (way) {
      case LEADER_TO_ONE -> network.cut(leader, one);
      case ONE_TO_LEADER -> network.cut(one, leader);
      case LEADER_TO_BOTH -> followers.forEach(follower -> network.cut(leader, follower));
      case BOTH_TO_LEADER -> followers.forEach(follower -> network.cut(follower, leader));
      case BETWEEN_FOLLOWERS -> network.cut(one, followers.get(1));
    }
  }
}
