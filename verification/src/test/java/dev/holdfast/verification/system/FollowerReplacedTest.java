package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.MemberInfo;
import dev.holdfast.client.Mode;
import dev.holdfast.client.NodeStatus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that has lost its disk comes back under a new incarnation, by one command. */
@Timeout(180)
final class FollowerReplacedTest {
  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  @Test
  void a_wiped_follower_is_replaced_and_counts_again() throws Exception {
    RealCluster cluster = clusters.start(3);
    Holdfast client = cluster.client();
    LockGrant kept = client.preempt(AcquireRequest.of("kept", Mode.X)).grant().orElseThrow();
    String wiped = cluster.followers().get(0);
    int incarnation = member(cluster, cluster.leader(), wiped).incarnation();

    cluster.kill(wiped);
    cluster.wipe(wiped);
    cluster.start(wiped);
    await("the empty node answers, and does not know the map")
        .atMost(RealCluster.PATIENCE)
        .until(() -> cluster.status(wiped).isPresent());
    replaceByCommand(cluster, wiped);
    assertThat(member(cluster, cluster.leader(), wiped).incarnation()).isGreaterThan(incarnation);
    cluster.awaitReady();
    List<NodeStatus> statuses = cluster.awaitEqualMaps();
    assertThat(statuses).hasSize(3);

    // It is one of the majority again: without it the other two are none.
    String other =
        cluster.followers().stream().filter(node -> !node.equals(wiped)).findFirst().orElseThrow();
    cluster.kill(other);
    assertThat(client.preempt(AcquireRequest.of("new", Mode.X)).isGranted()).isTrue();
    assertThat(kept.isHeld()).isTrue();
    kept.release();
  }

  /** What an operator types. */
  private void replaceByCommand(RealCluster cluster, String node) {
    JavaProcess command =
        JavaProcess.start(
            clusters.folder().resolve("replace.log"),
            "dev.holdfast.cli.Main",
            List.of("--endpoints", cluster.endpoints(), "cluster", "replace", node));
    assertThat(command.awaitExit()).as(command.output()).isZero();
  }

  private static MemberInfo member(RealCluster cluster, String asked, String node) {
    return cluster.status(asked).orElseThrow().members().stream()
        .filter(member -> member.nodeId().equals(node))
        .findFirst()
        .orElseThrow();
  }
}
