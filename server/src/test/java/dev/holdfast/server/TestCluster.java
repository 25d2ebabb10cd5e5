package dev.holdfast.server;

import static org.awaitility.Awaitility.await;

import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.jraft.JRaftLogFactory;
import dev.holdfast.server.config.ConfigException;
import dev.holdfast.server.config.ConfigLoader;
import dev.holdfast.server.config.ResolvedConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Some nodes in this process, each with ports, a data directory and threads of its own. */
final class TestCluster implements AutoCloseable {
  private final Path data;
  private final List<String> settings;
  private final Map<String, Integer> clientPorts = new TreeMap<>();
  private final Map<String, Integer> peerPorts = new TreeMap<>();
  private final Map<String, Server> running = new TreeMap<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();

  private final Map<String, Integer> doorPorts = new TreeMap<>();

  private TestCluster(Path data, int size, List<String> settings) {
    this.data = data;
    this.settings = List.copyOf(settings);
    for (int i = 1; i <= size; i++) {
      clientPorts.put("n" + i, Ports.next());
      peerPorts.put("n" + i, Ports.next());
    }
  }

  /** Starts so many nodes and waits until each knows a leader. */
  static TestCluster start(Path data, int size, String... settings) throws Exception {
    return new TestCluster(data, size, List.of(settings)).startAll();
  }

  /** The same, each node with these doors beside its own. */
  static TestCluster startWithDoors(Path data, int size, List<String> doors, String... settings)
      throws Exception {
    TestCluster cluster = new TestCluster(data, size, List.of(settings));
    for (String id : cluster.nodes()) {
      doors.forEach(door -> cluster.doorPorts.put(id + " " + door, Ports.next()));
    }
    return cluster.startAll();
  }

  private TestCluster startAll() throws Exception {
    try {
      for (String id : clientPorts.keySet()) {
        startNode(id);
      }
      awaitReady();
    } catch (Exception | Error e) {
      close();
      throw e;
    }
    return this;
  }

  void startNode(String id) throws ConfigException, StartException {
    Server server =
        new Server(
            config(id),
            new JRaftLogFactory(),
            (code, message, _) -> failures.add(id + " " + code + " " + message));
    server.start();
    running.put(id, server);
  }

  ResolvedConfig config(String id) throws ConfigException {
    List<String> nodes = new ArrayList<>();
    clientPorts.forEach(
        (each, port) ->
            nodes.add(
                "{id: %s, peer: 127.0.0.1:%d, client: 127.0.0.1:%d}"
                    .formatted(each, peerPorts.get(each), port)));
    List<String> all = new ArrayList<>(settings);
    all.add("node.id=" + id);
    all.add("data=" + data.resolve(id));
    all.add("nodes=[" + String.join(",", nodes) + "]");
    doorPorts.forEach(
        (door, port) -> {
          if (door.startsWith(id + " ")) {
            String key = "doors." + door.substring(id.length() + 1);
            all.add(key + ".enabled=true");
            all.add(key + ".bind=127.0.0.1:" + port);
          }
        });
    return new ConfigLoader(Map.of()).load(null, all);
  }

  void awaitReady() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> running.values().stream().allMatch(Server::isReady));
  }

  /** Ends a node as SIGTERM does. */
  void stopNode(String id) {
    Server server = running.remove(id);
    if (server != null) {
      server.stop();
    }
  }

  List<String> nodes() {
    return List.copyOf(clientPorts.keySet());
  }

  Server node(String id) {
    return Objects.requireNonNull(running.get(id));
  }

  String leader() {
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                running.entrySet().stream()
                    .filter(
                        each ->
                            new NodeId(each.getKey())
                                .equals(each.getValue().node().log().status().leader()))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null),
            leader -> leader != null);
  }

  String follower() {
    String leader = leader();
    return running.keySet().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
  }

  int clientPort(String id) {
    return Objects.requireNonNull(clientPorts.get(id));
  }

  int doorPort(String id, String door) {
    return Objects.requireNonNull(doorPorts.get(id + " " + door));
  }

  RawClient client(String id) {
    return new RawClient(clientPort(id));
  }

  /** Errors after which a node would have ended its process. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    List.copyOf(running.keySet()).forEach(this::stopNode);
  }
}
