package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.HoldfastAdmin;
import dev.holdfast.client.OwnershipProof;
import dev.holdfast.client.PastOwner;
import dev.holdfast.client.PastOwners;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nodes are killed at any moment and started again, while they write who holds what: the chain of
 * each is whole, and has every grant that was acknowledged, or says which revisions are missing.
 */
@Timeout(300)
final class OwnershipKilledTest {
  private static final long SEED = Long.getLong("holdfast.seed", 20_261_126);
  private static final int KILLS = 6;

  /** Snapshots all the time, so that restarts begin with one and the log behind it is short. */
  private static final String SNAPSHOTS = "snapshots: {entries: 100}\n";

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void chain_is_whole_and_complete_after_every_kill() throws Exception {
    System.out.println("ownership: -Dholdfast.seed=" + SEED);
    Random random = new Random(SEED);
    RealCluster cluster = clusters.start(3, SNAPSHOTS);
    Set<Long> acknowledged;
    List<String> names;
    try (Writers writers = new Writers(cluster, 3, 4)) {
      for (int i = 0; i < KILLS; i++) {
        writers.awaitPairs(1 + random.nextInt(40));
        String node = cluster.nodes().get(random.nextInt(3));
        cluster.kill(node);
        writers.awaitPairs(1 + random.nextInt(20));
        cluster.start(node);
        cluster.awaitReady();
      }
      writers.awaitPairs(10);
      writers.stop();
      acknowledged = writers.tokens();
      names = List.copyOf(writers.names());
    }
    cluster.awaitEqualMaps();
    for (String node : cluster.nodes()) {
      requireAll(cluster.endpoint(node), acknowledged, names);
    }
    requireProvedByCommandLine(cluster);
  }

  private static void requireAll(String endpoint, Set<Long> acknowledged, List<String> names) {
    try (HoldfastAdmin admin = HoldfastAdmin.connect(endpoint)) {
      OwnershipProof proof = admin.history().prove(endpoint);
      assertThat(proof.whole()).as(proof.problem()).isTrue();
      Set<Long> told = new TreeSet<>();
      for (String name : names) {
        PastOwners owners = admin.history().ownersBetween(name, null, null, 10_000);
        assertThat(owners.more()).isFalse();
        for (PastOwner owner : owners.owners()) {
          assertThat(told.add(owner.token())).as("token %d is told once", owner.token()).isTrue();
        }
      }
      Set<Long> missing = new TreeSet<>(acknowledged);
      missing.removeAll(told);
      missing.removeIf(token -> isInGap(proof, token));
      System.out.printf(
          "%s: %d records, %d of %d grants, gaps %s%n",
          proof.nodeId(), proof.records(), told.size(), acknowledged.size(), proof.gaps());
      assertThat(missing).as("missing at %s, and no gap says so", proof.nodeId()).isEmpty();
    }
  }

  private static boolean isInGap(OwnershipProof proof, long token) {
    return proof.gaps().stream()
        .anyMatch(gap -> gap.fromRevision() <= token && token <= gap.toRevision());
  }

  /** A node that was stopped: its files are proved, and a changed byte is found. */
  private static void requireProvedByCommandLine(RealCluster cluster) throws Exception {
    String node = cluster.followers().get(0);
    cluster.process(node).terminate();
    assertThat(cluster.process(node).awaitExit()).isZero();
    Path data = cluster.data(node);
    Path log = data.resolveSibling("history-verify.log");
    assertThat(verify(log, data)).as("%s", log).isZero();
    List<Path> files;
    try (var all = Files.list(data.resolve("ownership"))) {
      files = all.filter(file -> file.toString().endsWith(".chain")).sorted().toList();
    }
    Path file = files.get(0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThat(verify(log, data)).isEqualTo(65);
    assertThat(Files.readString(log))
        .contains("DAMAGED")
        .contains(file.toString())
        .contains("offset");
  }

  private static int verify(Path log, Path data) {
    return JavaProcess.start(
            log, "dev.holdfast.cli.Main", List.of("history", "verify", "--local", data.toString()))
        .awaitExit();
  }
}
