package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Figure 8 of the Raft paper (Ongaro and Ousterhout, "In Search of an Understandable Consensus
 * Algorithm", section 5.4.2), with three nodes:
 *
 * <ol>
 *   <li>The first leads, and has large entries of its term that nobody else got.
 *   <li>The third is elected by the second, has an entry of that later term, and nobody got that.
 *   <li>The first is elected by the second. Some of its old entries reach it, and so a majority;
 *       the entry of the new term, which comes after them, does not. They must not count as
 *       committed now:
 *   <li>either the third is elected by the second and puts other entries in their place, or the
 *       first gets its entry of the new term through, and all of them are committed.
 * </ol>
 */
@Timeout(300)
final class FigureEightProbeTest {
  /** So many requests make an entry of about 250 KiB, of which two go into one append. */
  private static final int REQUESTS_IN_ENTRY = 8;

  private static final int ENTRIES = 10;

  /** More than two appends, less than the old entries altogether. */
  private static final long BYTES_OF_SOME_ENTRIES = 1_300_000;

  /** Between a vote and the first append of the one who won: time to cut it off. */
  private static final Duration UNDER_WAY = Duration.ofMillis(40);

  private static final int ATTEMPTS_A_ROUND = 6;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  private int driven;

  @Test
  void entries_of_an_earlier_term_on_a_majority_are_not_committed_before_one_of_the_present_term() {
    RealCluster cluster =
        clusters.startRelayed(
            3,
            "proposer: {flights-max: 16}\nraft: {election-timeout: 1s, election-delay-max: 300ms}\n");
    Acknowledged acknowledged = new Acknowledged(cluster);
    int rounds = Probe.rounds(2);
    int attempts = 0;
    while (driven < rounds) {
      assertThat(attempts++).as("attempts").isLessThan(ATTEMPTS_A_ROUND * rounds);
      acknowledged.keep(20);
      runRound(new Round(cluster, acknowledged, "old/" + attempts), driven % 2 == 0);
    }
    System.out.printf(
        "figure 8: %d rounds in %d attempts, %d acknowledged grants kept%n",
        driven, attempts, acknowledged.count());
  }

  private void runRound(Round round, boolean replaced) {
    boolean arranged = round.firstHasTail() && round.thirdIsElectedAlone();
    boolean onMajority = arranged && round.firstIsElectedAndReachesMajority();
    if (onMajority) {
      round.requireNothingOfTailCommitted();
      if (replaced) {
        round.thirdReplacesTail();
      } else {
        round.firstCommitsTail();
      }
      driven++;
    }
    round.recover();
    long held = round.locksOfTail();
    System.out.printf(
        "figure 8: %s: arranged %s, on a majority %s, then %s locks of the tail are held%n",
        round.lock, arranged, onMajority, held);
    if (onMajority) {
      assertThat(held).isEqualTo(replaced ? 0 : round.locksInTail());
    }
  }

  /** One way through the figure. */
  private static final class Round {
    private final RealCluster cluster;
    private final PeerNetwork network;
    private final Acknowledged acknowledged;
    private final String lock;
    private final String first;
    private final String second;
    private final String third;
    private long before;
    private long end;

    Round(RealCluster cluster, Acknowledged acknowledged, String lock) {
      this.cluster = cluster;
      this.network = cluster.network();
      this.acknowledged = acknowledged;
      this.lock = lock;
      this.first = cluster.leader();
      List<String> others = cluster.followers();
      this.second = others.get(0);
      this.third = others.get(1);
    }

    boolean firstHasTail() {
      try (RawSession session = RawSession.open(cluster.clientPort(first), 600_000)) {
        network.isolate(first);
        before = Probe.status(cluster, first).lastLogIndex();
        for (int entry = 0; entry < ENTRIES; entry++) {
          session.send(bulkyFrame(entry));
          long wanted = before + entry + 1;
          Probe.awaitStatus(
              cluster,
              first,
              "appends, or leads no more",
              status -> status.lastLogIndex() >= wanted || !status.role().equals("LEADER"));
        }
        assertThat(session.received()).as("answers without a majority").isEmpty();
      }
      end = Probe.status(cluster, first).lastLogIndex();
      cluster.kill(first);
      return end >= before + ENTRIES;
    }

    private dev.holdfast.protocol.v1.ClientFrame bulkyFrame(int entry) {
      dev.holdfast.protocol.v1.ClientFrame.Builder frame =
          dev.holdfast.protocol.v1.ClientFrame.newBuilder();
      for (int i = 0; i < REQUESTS_IN_ENTRY; i++) {
        int number = entry * REQUESTS_IN_ENTRY + i + 1;
        frame.mergeFrom(RawSession.acquireAll(number, Acknowledged.bulky(lock + "/" + number)));
      }
      return frame.build();
    }

    /** Its entry of the new term must not reach the one whose vote it got. */
    boolean thirdIsElectedAlone() {
      network.delay(third, second, UNDER_WAY);
      network.cut(second, third);
      return false;
    }

    boolean firstIsElectedAndReachesMajority() {
      return false;
    }

    void requireNothingOfTailCommitted() {}

    void thirdReplacesTail() {}

    void firstCommitsTail() {}

    void recover() {}

    long locksOfTail() {
      return 0;
    }

    long locksInTail() {
      return 0;
    }
  }
}
