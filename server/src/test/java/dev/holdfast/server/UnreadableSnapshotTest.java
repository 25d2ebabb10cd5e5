package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.replication.SnapshotInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node says of a snapshot that the system does not let it read. */
class UnreadableSnapshotTest {
  @Test
  void the_line_at_the_end_says_why(@TempDir Path data) throws Exception {
    try (TestCluster cluster = TestCluster.start(data, 1)) {
      try (RawClient client = cluster.client("n1")) {
        RawStream session = client.open(10_000);
        session.acquired("a");
        session.cutOff();
      }
      SnapshotInfo snapshot =
          cluster.node("n1").node().log().takeSnapshot().get(10, TimeUnit.SECONDS);
      cluster.stopNode("n1");
      Files.delete(snapshot.file());
      assertThatThrownBy(() -> cluster.startNode("n1"))
          .hasMessageContaining(snapshot.file() + " is missing");
      assertThat(cluster.failures())
          .singleElement()
          .asString()
          .contains("DISK_FAILED", snapshot.file() + " is missing");
    }
  }
}
