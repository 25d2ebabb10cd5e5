package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.Consistency;
import dev.holdfast.client.NodeStatus;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An old leader has entries on its disk that nobody else has. The others go on without it; then it
 * comes back while one of them is away, so that it is needed for a majority. Its tail must go.
 */
@Timeout(300)
final class StaleTailProbeTest {
  private static final int FRAMES_MAX = 12;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  private final SplittableRandom dice = Probe.dice("stale tail");
  private int tails;
  private long tailEntries;

  @Test
  void what_only_the_old_leader_has_does_not_survive_and_nothing_acknowledged_is_lost() {
    // More flights, so that a tail of several entries can arise.
    RealCluster cluster = clusters.startRelayed(3, "proposer: {flights-max: 16}\n");
    Acknowledged acknowledged = new Acknowledged(cluster);
    int rounds = Probe.rounds(3);
    for (int round = 0; tails < rounds; round++) {
      assertThat(round).as("rounds in which no tail arose").isLessThan(4 * rounds);
      acknowledged.keep(20);
      runRound(cluster, acknowledged, round);
    }
    System.out.printf(
        "stale tail: %d rounds, %d entries in the tails, %d acknowledged grants kept%n",
        tails, tailEntries, acknowledged.count());
  }

  private void runRound(RealCluster cluster, Acknowledged acknowledged, int round) {
    String old = cluster.leader();
    List<String> others = cluster.followers();
    // By turns: the others go on at once, or are frozen and then killed with all that they had got.
    boolean frozen = round % 2 == 1;
    Tail tail = makeTail(cluster, old, others, "stale/" + round, frozen);
    cluster.kill(old);
    if (frozen) {
      others.forEach(cluster::kill);
      others.forEach(cluster::start);
    }
    cluster.awaitReady(others);
    acknowledged.keepOneByOne(1 + dice.nextInt(30));

    cluster.network().isolate(old);
    cluster.start(old);
    NodeStatus back =
        Probe.awaitStatus(cluster, old, "reads its log", status -> status.lastLogIndex() > 0);
    if (tail.entries() > 0 && back.lastLogIndex() == tail.end) {
      tails++;
      tailEntries += tail.entries();
    }
    String away = others.get(dice.nextInt(2));
    cluster.kill(away);
    cluster.network().healAll();
    acknowledged.keep(5);
    acknowledged.requireAllHeld();
    assertThat(cluster.admin().allLocks("stale/", Consistency.LINEARIZABLE)).isEmpty();

    cluster.start(away);
    cluster.awaitReady();
    cluster.awaitEqualMaps();
    acknowledged.requireAllHeld();
  }

  /**
   * What nobody else has got.
   *
   * @param before the last entry that others may have
   * @param end the last entry of the old leader
   */
  private record Tail(long before, long end) {
    long entries() {
      return end - before;
    }
  }

  private Tail makeTail(
      RealCluster cluster, String old, List<String> others, String lock, boolean frozen) {
    try (RawSession session = RawSession.open(cluster.clientPort(old), 600_000)) {
      if (frozen) {
        others.forEach(node -> cluster.process(node).pause());
      } else {
        cluster.network().isolate(old);
      }
      long before = Probe.status(cluster, old).lastLogIndex();
      int frames = 1 + dice.nextInt(FRAMES_MAX);
      for (int i = 1; i <= frames; i++) {
        session.send(RawSession.acquire(i, lock + "/" + i));
        long wanted = before + i;
        Probe.awaitStatus(
            cluster,
            old,
            "appends, or leads no more",
            status -> status.lastLogIndex() >= wanted || !status.role().equals("LEADER"));
      }
      long end = Probe.status(cluster, old).lastLogIndex();
      assertThat(session.received()).as("answers without a majority").isEmpty();
      return new Tail(before, end);
    }
  }
}
