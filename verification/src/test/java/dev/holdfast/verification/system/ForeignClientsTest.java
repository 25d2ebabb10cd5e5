package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.verification.style.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Clients in another language, in processes of their own, at the doors of a real cluster: they
 * share no line of code with it, only the description of a wire.
 */
@Timeout(240)
final class ForeignClientsTest {
  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  private final Map<String, Integer> doorPorts = new TreeMap<>();

  /** Three nodes with one door open, each at a port that is free now. */
  private RealCluster startWithDoor(String door) {
    RealCluster cluster = clusters.prepare(3);
    String variable = "HOLDFAST_DOORS_" + door.toUpperCase(Locale.ROOT);
    for (String node : cluster.nodes()) {
      int port = Ports.next();
      doorPorts.put(node, port);
      cluster.start(
          node, List.of("env", variable + "_ENABLED=true", variable + "_BIND=127.0.0.1:" + port));
    }
    cluster.awaitReady();
    return cluster;
  }

  private String port(String node) {
    return Integer.toString(doorPorts.getOrDefault(node, 0));
  }

  /** S0-15: a client of W0, which knows of no other system, at the leader and at each follower. */
  @Test
  void a_python_client_of_w0_locks_at_every_node() {
    Path python = ForeignTools.python("json", "install Python 3");
    RealCluster cluster = startWithDoor("w0");
    List<String> nodes = new ArrayList<>(List.of(cluster.leader()));
    nodes.addAll(cluster.followers());
    List<String> command = new ArrayList<>(List.of(python.toString()));
    command.add(ForeignTools.programs("w0").resolve("scenario.py").toString());
    nodes.forEach(node -> command.add(port(node)));

    CommandLineRun run = ForeignTools.run(command, Map.of());

    assertThat(run.exitCode()).as(run.output()).isZero();
    List<String> wanted = new ArrayList<>();
    for (String node : nodes) {
      for (int row : List.of(10, 8, 4, 5, 7, 9, 6, 11, 11)) {
        wanted.add("S0-" + row + " at port " + port(node));
      }
    }
    wanted.add("done");
    assertThat(run.lines()).isEqualTo(wanted);
  }

  /** S3-29: a stub that protoc makes from the wire's description, at two nodes. */
  @Test
  void a_python_stub_of_w3_locks_renews_appends_and_releases() throws Exception {
    String how = "install python3-grpcio and protobuf-compiler-grpc (Debian's names)";
    Path python = ForeignTools.python("grpc, google.protobuf", how);
    Path stub = generateStub(how);
    RealCluster cluster = startWithDoor("w3");

    CommandLineRun run =
        ForeignTools.run(
            List.of(
                python.toString(),
                ForeignTools.programs("w3").resolve("scenario.py").toString(),
                port("n1"),
                port("n2")),
            Map.of("PYTHONPATH", stub.toString()));

    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.lines())
        .contains(
            "LockAcquire waits",
            "LockAcquire has waited",
            "RenewLease",
            "LockRelease again, same request",
            "LockRelease again, new request")
        .endsWith("done");
    assertThat(cluster.admin().files().readAll("file_7")).asString().isEqualTo("one\ntwo\n");
  }

  private Path generateStub(String how) throws IOException {
    Path protoc = ForeignTools.command("protoc", how);
    Path plugin = ForeignTools.command("grpc_python_plugin", how);
    Path proto =
        Repository.ofThisBuild()
            .root()
            .resolve("protocol/src/main/protobuf/lock/lock_service.proto");
    Path stub = Files.createDirectories(clusters.folder().resolve("stub"));
    CommandLineRun run =
        ForeignTools.run(
            List.of(
                protoc.toString(),
                "--plugin=protoc-gen-grpc_python=" + plugin,
                "--python_out=" + stub,
                "--grpc_python_out=" + stub,
                "-I" + proto.getParent(),
                proto.toString()),
            Map.of());
    assertThat(run.exitCode()).as(run.output()).isZero();
    return stub;
  }
}
