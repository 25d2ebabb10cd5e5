package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.entity.PeerId;
import dev.holdfast.replication.Member;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members at IPv6 addresses, whose colons the engine would take for its own. */
class Ipv6Test {
  @TempDir Path disks;

  @Test
  void member_is_the_same_after_the_engine_has_written_and_read_it() {
    Member member = new Member(TestCluster.id(1), 7, "[fe80::1:2]:5472");
    assertThat(Peers.toMember(Peers.toPeerId(member))).isEqualTo(member);
    PeerId read = new PeerId();
    assertThat(read.parse(Peers.toPeerId(member).toString())).isTrue();
    assertThat(Peers.toMember(read)).isEqualTo(member);
  }

  @Test
  void three_nodes_commit_and_one_of_them_starts_again() throws Exception {
    Assumptions.assumeTrue(hasIpv6Loopback(), "this machine has no IPv6");
    try (TestCluster cluster = new TestCluster(disks, 3, "[::1]").startAll()) {
      cluster.commit("a");
      int again = cluster.aFollower();
      cluster.stop(again);
      cluster.commit("b");
      cluster.start(again);
      cluster.awaitEntries(again, List.of("a", "b"));
      assertThat(cluster.node(again).log().status().members()).isEqualTo(cluster.members());
    }
  }

  private static boolean hasIpv6Loopback() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
  }
}
