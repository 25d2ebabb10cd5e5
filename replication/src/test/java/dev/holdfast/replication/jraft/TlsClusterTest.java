package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.replication.PeerTls;
import dev.holdfast.replication.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsClusterTest {
  private static final char[] PASSWORD = "secret".toCharArray();

  @TempDir Path disks;

  @Test
  void nodes_with_certificates_of_one_authority_form_a_cluster() throws Exception {
    PeerTls pem = certificates(disks.resolve("pem"));
    try (TestCluster cluster =
        new TestCluster(disks, 3).tuned(config -> config.withTls(pem)).startAll()) {
      cluster.commit("a");
      for (int node = 1; node <= 3; node++) {
        cluster.awaitEntries(node, List.of("a"));
      }
    }
  }

  @Test
  void node_without_a_certificate_is_turned_away() throws Exception {
    PeerTls pem = certificates(disks.resolve("pem"));
    try (TestCluster cluster = new TestCluster(disks, 2)) {
      cluster.start(1, cluster.config(1).withTls(pem));
      cluster.start(2);
      await()
          .during(Duration.ofSeconds(1))
          .atMost(TestCluster.PATIENCE)
          .until(() -> cluster.node(2).log().status().role() == Role.STARTING);
      assertThat(cluster.node(1).log().status().role()).isEqualTo(Role.STARTING);
    }
  }

  /** An authority, and one certificate for all nodes, since all of them are on 127.0.0.1. */
  private static PeerTls certificates(Path folder) throws Exception {
    Files.createDirectories(folder);
    Path authority = folder.resolve("authority.p12");
    Path node = folder.resolve("node.p12");
    generate(authority, "authority", "CN=test authority", "-ext", "bc:c");
    generate(node, "node", "CN=node");
    keytool(node, "-certreq", "-alias", "node", "-file", folder.resolve("node.csr").toString());
    keytool(
        authority,
        "-gencert",
        "-alias",
        "authority",
        "-infile",
        folder.resolve("node.csr").toString(),
        "-outfile",
        folder.resolve("node.crt").toString(),
        "-rfc",
        "-validity",
        "365",
        "-ext",
        "san=ip:127.0.0.1");
    keytool(
        authority,
        "-exportcert",
        "-alias",
        "authority",
        "-rfc",
        "-file",
        folder.resolve("ca.crt").toString());
    Path key = folder.resolve("node.key");
    KeyStore store = KeyStore.getInstance(node.toFile(), PASSWORD);
    writePem(key, "PRIVATE KEY", store.getKey("node", PASSWORD).getEncoded());
    Certificate self = store.getCertificate("node");
    assertThat(self).isNotNull();
    return new PeerTls(folder.resolve("node.crt"), key, folder.resolve("ca.crt"));
  }

  private static void generate(Path store, String alias, String name, String... more)
      throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                name,
                "-validity",
                "365"));
    arguments.addAll(List.of(more));
    keytool(store, arguments.toArray(String[]::new));
  }

  private static void keytool(Path store, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "-keystore",
            store.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(PASSWORD)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(store.resolveSibling("keytool.out").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(Files.readString(store.resolveSibling("keytool.out")))
        .isZero();
  }

  private static void writePem(Path file, String what, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
  }
}
