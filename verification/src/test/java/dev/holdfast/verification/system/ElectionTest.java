package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.Consistency;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.Leader;
import dev.holdfast.client.Watch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An election among real processes, of which the leading one, and the nodes, are killed. */
@Timeout(180)
final class ElectionTest {
  private static final String NAME = "jobs/leader";
  private static final long TTL_MILLIS = 2_000;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void observers_see_every_leader_and_proclamation_once() throws Exception {
    RealCluster cluster = clusters.start(3);
    Holdfast client = cluster.client();
    List<Optional<Leader>> seen = new CopyOnWriteArrayList<>();
    List<JavaProcess> candidates = new ArrayList<>();
    try (Watch _ = client.election(NAME).observe(seen::add)) {
      await().atMost(RealCluster.PATIENCE).until(() -> seen.size() == 1);
      for (int i = 0; i < 3; i++) {
        JavaProcess candidate = candidate(cluster, i);
        candidates.add(candidate);
        // In this order, so that they lead in this order.
        int waiting = i;
        await()
            .atMost(RealCluster.PATIENCE)
            .until(
                () ->
                    cluster.admin().check(NAME, Consistency.LINEARIZABLE, 5).queueLength()
                        == waiting);
        await()
            .atMost(RealCluster.PATIENCE)
            .until(() -> client.election(NAME).leader().isPresent());
      }
      awaitLeader(client, "c0");
      candidates.get(0).kill();
      awaitLeader(client, "c1");
      cluster.kill(cluster.leader());
      candidates.get(1).kill();
      awaitLeader(client, "c2");
      candidates.get(2).kill();
      await().atMost(RealCluster.PATIENCE).until(() -> client.election(NAME).leader().isEmpty());
      // Vacant at first; then each leads, proclaims, and goes.
      await().atMost(RealCluster.PATIENCE).until(() -> seen.size() >= 10);
      assertThat(seen.stream().map(ElectionTest::words))
          .containsExactly(
              "nobody", "leads", "c0", "nobody", "leads", "c1", "nobody", "leads", "c2", "nobody");
      assertThat(candidates.get(0).output()).contains(CandidateProgram.LEADS);
      List<Long> tokens =
          seen.stream().flatMap(Optional::stream).map(each -> each.token().value()).toList();
      assertThat(tokens).isSorted();
      assertThat(tokens.stream().distinct()).hasSize(3);
    } finally {
      candidates.forEach(JavaProcess::kill);
    }
  }

  private static JavaProcess candidate(RealCluster cluster, int number) {
    Path log = cluster.data("candidate").resolveSibling("candidate-" + number + ".log");
    return JavaProcess.start(
        log,
        CandidateProgram.class.getName(),
        List.of(cluster.endpoints(), NAME, "c" + number, Long.toString(TTL_MILLIS)));
  }

  private static void awaitLeader(Holdfast client, String proclamation) {
    await()
        .atMost(RealCluster.PATIENCE)
        .until(
            () ->
                client
                    .election(NAME)
                    .leader()
                    .flatMap(Leader::text)
                    .filter(proclamation::equals)
                    .isPresent());
  }

  private static String words(Optional<Leader> state) {
    return state.map(leader -> leader.text().orElse("leads")).orElse("nobody");
  }
}
