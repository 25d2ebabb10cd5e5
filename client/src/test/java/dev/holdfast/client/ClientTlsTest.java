package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.client.fake.LiveCluster;
import dev.holdfast.client.fake.LoopbackNode;
import dev.holdfast.client.fake.TestCertificates;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions over TLS, to a node that is set up as the server's door is. */
class ClientTlsTest {
  @TempDir private Path folder = Path.of("set by JUnit");

  private final LiveCluster cluster = new LiveCluster(List.of());

  @AfterEach
  void closeAll() {
    cluster.close();
  }

  private LoopbackNode node(TestCertificates.Pem own, TestCertificates.@Nullable Pem clients)
      throws Exception {
    SslContextBuilder tls =
        GrpcSslContexts.forServer(own.certificate().toFile(), own.key().toFile());
    if (clients != null) {
      tls.trustManager(clients.certificate().toFile()).clientAuth(ClientAuth.REQUIRE);
    }
    return LoopbackNode.of(cluster, "a", tls.build());
  }

  private static HoldfastBuilder client(LoopbackNode node) {
    return Holdfast.builder()
        .endpoints(node.endpoint())
        .openTimeout(Duration.ofSeconds(5))
        .closeTimeout(Duration.ofMillis(500));
  }

  @Test
  void client_that_trusts_the_node_is_served() throws Exception {
    TestCertificates.Pem own = TestCertificates.make(folder, "node");
    try (LoopbackNode node = node(own, null);
        Holdfast holdfast = client(node).tls(ClientTls.trusting(own.certificate())).connect();
        LockGrant grant = holdfast.multiLock(new Demand("x", Mode.X)).acquire()) {
      assertThat(grant.isHeld()).isTrue();
    }
  }

  @Test
  void node_that_demands_a_certificate_gets_it() throws Exception {
    TestCertificates.Pem own = TestCertificates.make(folder, "node");
    TestCertificates.Pem mine = TestCertificates.make(folder, "client");
    ClientTls trusting = ClientTls.trusting(own.certificate());
    try (LoopbackNode node = node(own, mine)) {
      try (Holdfast holdfast =
          client(node).tls(trusting.withCertificate(mine.certificate(), mine.key())).connect()) {
        assertThat(holdfast.session().id()).isPresent();
      }
      assertThatThrownBy(
              () -> client(node).openTimeout(Duration.ofMillis(500)).tls(trusting).connect())
          .isInstanceOf(UnavailableException.class);
    }
  }

  @Test
  void node_that_is_not_trusted_and_one_that_wants_tls_are_told_apart() throws Exception {
    TestCertificates.Pem own = TestCertificates.make(folder, "node");
    TestCertificates.Pem other = TestCertificates.make(folder, "other");
    try (LoopbackNode node = node(own, null)) {
      HoldfastBuilder hasty = client(node).openTimeout(Duration.ofMillis(800));
      assertThatThrownBy(hasty::connect)
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("TLS");
      hasty.tls(ClientTls.trusting(other.certificate()));
      assertThatThrownBy(hasty::connect).isInstanceOf(UnavailableException.class);
    }
  }

  @Test
  void files_that_cannot_be_used_are_named() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
    HoldfastBuilder builder =
        Holdfast.builder().endpoints("127.0.0.1:1").tls(ClientTls.trusting(empty));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("empty.pem");
    assertThatThrownBy(() -> new ClientTls(null, empty, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the key");
  }
}
