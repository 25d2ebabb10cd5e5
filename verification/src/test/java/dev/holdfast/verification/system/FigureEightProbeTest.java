package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Figure 8 of the Raft paper (Ongaro and Ousterhout, "In Search of an Understandable Consensus
 * Algorithm", section 5.4.2) on three nodes; {@link FigureEightRound} tells how it is driven.
 */
@Timeout(300)
final class FigureEightProbeTest {
  private static final int ATTEMPTS_A_ROUND = 6;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void entries_of_an_earlier_term_on_a_majority_are_not_committed_before_one_of_the_present_term() {
    RealCluster cluster =
        clusters.startRelayed(
            3,
            """
            proposer: {flights-max: 16}
            raft: {election-timeout: 1s, election-delay-max: 300ms}
            """);
    Acknowledged acknowledged = new Acknowledged(cluster);
    int rounds = Probe.rounds(2);
    int driven = 0;
    int attempts = 0;
    while (driven < rounds) {
      assertThat(attempts++).as("attempts").isLessThan(ATTEMPTS_A_ROUND * rounds);
      acknowledged.keep(20);
      FigureEightRound round = new FigureEightRound(cluster, acknowledged, "old/" + attempts + "/");
      if (runRound(round, driven % 2 == 0)) {
        driven++;
      }
    }
    System.out.printf(
        "figure 8: %d rounds in %d attempts, %d acknowledged grants kept%n",
        driven, attempts, acknowledged.count());
  }

  private static boolean runRound(FigureEightRound round, boolean replaced) {
    if (!round.firstHasTail() || !round.thirdIsElected() || !round.tailReachesMajority()) {
      round.recover();
      return false;
    }
    round.requireNothingOfTailCommitted();
    if (replaced) {
      round.thirdReplacesTail();
    } else {
      round.firstCommitsTail();
    }
    round.recover();
    assertThat(round.locksHeld())
        .as("locks of the tail that are held")
        .isEqualTo(replaced ? 0 : FigureEightRound.LOCKS_IN_TAIL);
    return true;
  }
}
