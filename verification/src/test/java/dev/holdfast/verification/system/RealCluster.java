package dev.holdfast.verification.system;

import static org.awaitility.Awaitility.await;

import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastAdmin;
import dev.holdfast.client.HoldfastBuilder;
import dev.holdfast.client.HoldfastException;
import dev.holdfast.client.NodeStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Nodes as processes of their own. Their folders are below one that is given; nothing waits for a
 * time, only for conditions.
 */
final class RealCluster implements AutoCloseable {
  /** How long anything may take that ought to take a second; machines that build are slow. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String MAIN = "dev.holdfast.server.Main";

  private final Path folder;
  private final Map<String, Integer> clientPorts = new TreeMap<>();
  private final Map<String, Integer> peerPorts = new TreeMap<>();
  private final Map<String, JavaProcess> processes = new TreeMap<>();
  private final List<AutoCloseable> clients = new ArrayList<>();
  private final String moreConfiguration;
  private @Nullable PeerNetwork network;
  private @Nullable HoldfastAdmin admin;

  private RealCluster(Path folder, int size, String moreConfiguration) {
    this.folder = folder;
    this.moreConfiguration = moreConfiguration;
    for (int i = 1; i <= size; i++) {
      clientPorts.put("n" + i, Ports.next());
      peerPorts.put("n" + i, Ports.next());
    }
  }

  /** Ports and configuration files for some nodes, of which none runs. */
  static RealCluster prepare(Path folder, int size) {
    return prepare(folder, size, "");
  }

  /**
   * The same with more in the configuration files.
   *
   * @param moreConfiguration lines of YAML
   */
  static RealCluster prepare(Path folder, int size, String moreConfiguration) {
    RealCluster cluster = new RealCluster(folder, size, moreConfiguration);
    cluster.nodes().forEach(cluster::writeConfiguration);
    return cluster;
  }

  /** The same, and whatever the nodes say to each other goes through {@link #network}. */
  static RealCluster prepareRelayed(Path folder, int size, String moreConfiguration) {
    RealCluster cluster = new RealCluster(folder, size, moreConfiguration);
    cluster.network = new PeerNetwork(cluster.peerPorts, folder);
    cluster.nodes().forEach(cluster::writeConfiguration);
    return cluster;
  }

  /** Starts every node and waits until each knows the leader. */
  RealCluster startAll() {
    nodes().forEach(this::start);
    awaitReady();
    return this;
  }

  List<String> nodes() {
    return List.copyOf(clientPorts.keySet());
  }

  /** What lies between the nodes of a relayed cluster. */
  PeerNetwork network() {
    PeerNetwork relays = network;
    if (relays == null) {
      throw new IllegalStateException("this cluster has no relays");
    }
    return relays;
  }

  String endpoint(String node) {
    return "127.0.0.1:" + clientPorts.get(node);
  }

  String endpoints() {
    return String.join(",", nodes().stream().map(this::endpoint).toList());
  }

  int clientPort(String node) {
    return clientPorts.getOrDefault(node, 0);
  }

  Path data(String node) {
    return folder.resolve("data-" + node);
  }

  Path configuration(String node) {
    return folder.resolve(node + ".yaml");
  }

  Path log(String node) {
    return folder.resolve(node + ".log");
  }

  JavaProcess process(String node) {
    JavaProcess process = processes.get(node);
    if (process == null) {
      throw new IllegalStateException(node + " was never started");
    }
    return process;
  }

  /** Starts a node that does not run, on whatever data it has. */
  JavaProcess start(String node) {
    PeerNetwork relays = network;
    return start(
        node,
        relays == null
            ? List.of()
            : List.of("env", "JDK_JAVA_OPTIONS=-Djdk.net.hosts.file=" + relays.hostsFile(node)));
  }

  /** The same by way of another command; see {@link JavaProcess}. */
  JavaProcess start(String node, List<String> prefix) {
    JavaProcess process =
        JavaProcess.start(
            log(node), prefix, MAIN, List.of("--config", configuration(node).toString()));
    processes.put(node, process);
    return process;
  }

  /** SIGKILL; what it had sent and nobody got is lost. */
  void kill(String node) {
    process(node).kill();
    PeerNetwork relays = network;
    if (relays != null) {
      relays.forget(node);
    }
  }

  void killAll() {
    nodes().forEach(this::kill);
  }

  /** Removes all that a node that does not run has on its disk. */
  void wipe(String node) {
    Folders.delete(data(node));
  }

  /** Questions to any node. */
  HoldfastAdmin admin() {
    if (admin == null) {
      admin = HoldfastAdmin.connect(endpoints(), Duration.ofSeconds(5));
    }
    return admin;
  }

  /** A client that knows every node; closed together with the cluster. */
  Holdfast client() {
    return client(Holdfast.builder().endpoints(endpoints()));
  }

  /** A client with settings of its own; closed together with the cluster. */
  Holdfast client(HoldfastBuilder settings) {
    Holdfast client =
        settings
            .openTimeout(PATIENCE)
            .requestTimeout(PATIENCE)
            .closeTimeout(Duration.ofMillis(500))
            .connect();
    clients.add(client);
    return client;
  }

  /** What a node says about itself, or nothing if it does not answer. */
  Optional<NodeStatus> status(String node) {
    try {
      return Optional.of(admin().status(endpoint(node)));
    } catch (HoldfastException noAnswer) {
      return Optional.empty();
    }
  }

  /** Waits until every running node knows the same leader, which is one of them. */
  void awaitReady() {
    await("every node knows the leader")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> requireRunning() && leadersKnown().size() == 1 && commonLeader().isPresent());
  }

  /** Waits until these know the same leader, which is one of them; whatever others think. */
  void awaitReady(List<String> some) {
    await("a leader among " + some)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> leadersKnown(some).size() == 1 && some.contains(leadersKnown(some).get(0)));
  }

  /** The node that leads. */
  String leader() {
    return await("a leader")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(this::commonLeader, Optional::isPresent)
        .orElseThrow();
  }

  /** Running nodes that do not lead. */
  List<String> followers() {
    String leader = leader();
    return running().stream().filter(node -> !node.equals(leader)).toList();
  }

  /** Waits until all running nodes have the same map, and returns what they say then. */
  List<NodeStatus> awaitEqualMaps() {
    return await("equal maps")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> running().stream().map(this::status).flatMap(Optional::stream).toList(),
            statuses ->
                statuses.size() == running().size()
                    && statuses.stream().map(NodeStatus::revision).distinct().count() == 1
                    && statuses.stream().map(NodeStatus::stateHash).distinct().count() == 1);
  }

  /** Nodes whose processes are there, paused ones too. */
  List<String> running() {
    return nodes().stream()
        .filter(node -> processes.containsKey(node) && process(node).isAlive())
        .toList();
  }

  /** A node that ended will not become ready: better to hear why at once. */
  private boolean requireRunning() {
    for (String node : processes.keySet()) {
      if (!process(node).isAlive()) {
        throw new AssertionError(node + " ended; its log is " + log(node));
      }
    }
    return true;
  }

  private List<String> leadersKnown() {
    return leadersKnown(running());
  }

  private List<String> leadersKnown(List<String> asked) {
    return asked.stream()
        .map(node -> status(node).map(NodeStatus::leaderId).orElse("unknown to " + node))
        .distinct()
        .toList();
  }

  /** The node that says of itself that it leads, if some running node agrees and none is newer. */
  private Optional<String> commonLeader() {
    return running().stream()
        .map(this::status)
        .flatMap(Optional::stream)
        .max(Comparator.comparingLong(NodeStatus::term))
        .map(NodeStatus::leaderId)
        .filter(running()::contains)
        .filter(leader -> status(leader).map(NodeStatus::role).orElse("").equals("LEADER"));
  }

  private void writeConfiguration(String node) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("cluster: system-test\nnode:\n  id: ").append(node).append('\n');
    yaml.append("data: ").append(data(node)).append("\nnodes:\n");
    for (String each : nodes()) {
      yaml.append(
          "  - {id: %s, peer: \"%s\", client: \"%s\"}%n"
              .formatted(each, peerAddress(each), endpoint(each)));
    }
    if (network != null) {
      yaml.append("peer: {bind: \"127.0.0.1:%d\"}%n".formatted(peerPorts.get(node)));
    }
    yaml.append(moreConfiguration);
    try {
      Files.createDirectories(folder);
      Files.writeString(configuration(node), yaml.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the other nodes reach it. */
  String peerAddress(String node) {
    PeerNetwork relays = network;
    return relays == null ? "127.0.0.1:" + peerPorts.get(node) : relays.address(node);
  }

  /** Closes the clients and ends every process by its own id, paused ones too. */
  @Override
  public void close() {
    clients.forEach(RealCluster::close);
    if (admin != null) {
      admin.close();
    }
    processes.values().forEach(JavaProcess::kill);
    PeerNetwork relays = network;
    if (relays != null) {
      relays.close();
    }
  }

  private static void close(AutoCloseable client) {
    try {
      client.close();
    } catch (Exception e) {
      throw new AssertionError("a client could not be closed", e);
    }
  }
}
