package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.replication.ExitCode;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.MembershipException;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.Ports;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.ReadOutcome;
import dev.holdfast.replication.ReplicatedLog;
import dev.holdfast.replication.ReplicationConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Nodes in this process, on loopback, with real disks. */
final class TestCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A node that runs. */
  record Running(ReplicatedLog log, RecordingReplica replica, List<ExitCode> fatal) {}

  private final Path root;
  private final List<Member> members = new ArrayList<>();
  private final Map<NodeId, Running> running = new TreeMap<>();
  private UnaryOperator<ReplicationConfig> tuning = config -> config.withElection(300, 100);

  /** gRPC tells of every handshake that failed; held here, since the logging keeps no loggers. */
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  static {
    GRPC_LOG.setLevel(Level.SEVERE);
  }

  TestCluster(Path root, int size) {
    this(root, size, "127.0.0.1");
  }

  TestCluster(Path root, int size, String host) {
    this.root = root;
    for (int i = 1; i <= size; i++) {
      members.add(Member.initial(id(i), freeAddress().replace("127.0.0.1", host)));
    }
  }

  static NodeId id(int number) {
    return new NodeId("n" + number);
  }

  static String freeAddress() {
    return "127.0.0.1:" + Ports.next();
  }

  TestCluster tuned(UnaryOperator<ReplicationConfig> more) {
    UnaryOperator<ReplicationConfig> before = tuning;
    tuning = config -> more.apply(before.apply(config));
    return this;
  }

  List<Member> members() {
    return members;
  }

  Member member(int number) {
    return members.get(number - 1);
  }

  Path disk(int number) {
    return root.resolve("n" + number);
  }

  ReplicationConfig config(int number) {
    return tuning.apply(ReplicationConfig.of("test", member(number), members, disk(number)));
  }

  TestCluster startAll() throws IOException {
    for (int i = 1; i <= members.size(); i++) {
      start(i);
    }
    return this;
  }

  Running start(int number) throws IOException {
    return start(number, config(number));
  }

  Running start(int number, ReplicationConfig config) throws IOException {
    RecordingReplica replica = new RecordingReplica();
    List<ExitCode> fatal = new CopyOnWriteArrayList<>();
    ReplicatedLog log =
        new JRaftLogFactory().create(config, replica, (code, message, cause) -> fatal.add(code));
    Running node = new Running(log, replica, fatal);
    log.start();
    running.put(id(number), node);
    return node;
  }

  void stop(int number) {
    Running node = running.remove(id(number));
    if (node != null) {
      node.log.close();
    }
  }

  void wipe(int number) throws IOException {
    try (Stream<Path> files = Files.walk(disk(number))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  Running node(int number) {
    return Objects.requireNonNull(running.get(id(number)), "n" + number + " does not run");
  }

  /** Waits until one node leads and can propose. */
  int awaitLeader() {
    Integer leader = leader();
    if (leader == null) {
      await().atMost(PATIENCE).until(() -> leader() != null);
      return awaitLeader();
    }
    return leader;
  }

  private @Nullable Integer leader() {
    for (Map.Entry<NodeId, Running> node : running.entrySet()) {
      if (node.getValue().replica.gainedTerm() > 0) {
        return Integer.parseInt(node.getKey().value().substring(1));
      }
    }
    return null;
  }

  int aFollower() {
    int leader = awaitLeader();
    return running.keySet().stream()
        .map(id -> Integer.parseInt(id.value().substring(1)))
        .filter(number -> number != leader)
        .findFirst()
        .orElseThrow();
  }

  CompletableFuture<ProposalOutcome> propose(int number, String text) {
    Running node = node(number);
    CompletableFuture<ProposalOutcome> outcome = new CompletableFuture<>();
    node.log.propose(
        node.replica.gainedTerm(), text.getBytes(StandardCharsets.UTF_8), outcome::complete);
    return outcome;
  }

  /** Proposes on whoever leads, again and again, until it is known to be committed. */
  void commit(String text) {
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .until(
            () ->
                propose(awaitLeader(), text).get(10, TimeUnit.SECONDS)
                    == ProposalOutcome.COMMITTED);
  }

  /** Changes the members at whoever leads; again when leadership has just moved. */
  List<Member> changeMembers(Function<ReplicatedLog, CompletableFuture<List<Member>>> change)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return change.apply(node(awaitLeader()).log()).get(30, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        boolean moved =
            e.getCause() instanceof MembershipException refused
                && refused.reason() == MembershipException.Reason.NOT_LEADER;
        if (!moved || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  CompletableFuture<ReadOutcome> read(int number) {
    CompletableFuture<ReadOutcome> outcome = new CompletableFuture<>();
    node(number).log.readIndex(outcome::complete);
    return outcome;
  }

  void awaitEntries(int number, List<String> expected) {
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> assertThat(node(number).replica.entries()).isEqualTo(expected));
  }

  @Override
  public void close() {
    running.values().forEach(node -> node.log.close());
    running.clear();
  }
}
