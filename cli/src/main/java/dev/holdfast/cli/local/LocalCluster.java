package dev.holdfast.cli.local;

import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.client.EndpointStatus;
import dev.holdfast.client.HoldfastAdmin;
import dev.holdfast.client.NodeStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Node processes on free ports of the loopback interface. They end with this process, however it
 * ends (except by SIGKILL), unless they are let go. For one thread at a time.
 */
public final class LocalCluster implements AutoCloseable {
  private static final long POLL_MILLIS = 50;
  private static final long STOP_MILLIS_MAX = 8_000;

  private final List<LocalNode> nodes;
  private final HoldfastAdmin admin;
  private final Thread hook;
  private final CountDownLatch never = new CountDownLatch(1);
  private volatile @Nullable Path folderToDelete;
  private volatile boolean ending;

  private LocalCluster(List<LocalNode> nodes) {
    this.nodes = List.copyOf(nodes);
    this.admin = HoldfastAdmin.connect(endpoints(), Duration.ofSeconds(2));
    this.hook = Thread.ofPlatform().name("holdfast-end-nodes").unstarted(this::endAll);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Writes the configurations; starts nothing yet.
   *
   * @param folder an existing folder; configurations, data and logs go below it
   * @param count how many nodes
   * @param tuning what the node processes are to be good at
   * @param random chooses ports
   */
  public static LocalCluster prepare(
      Path folder, int count, ChildJvm.Tuning tuning, RandomGenerator random) {
    return prepare(folder, count, tuning, random, null);
  }

  /**
   * The same, of nodes that record what they apply.
   *
   * @param histories the folder for the recordings; null if nothing is to be recorded
   */
  public static LocalCluster prepare(
      Path folder,
      int count,
      ChildJvm.Tuning tuning,
      RandomGenerator random,
      @Nullable Path histories) {
    try {
      List<Integer> ports = FreePorts.find(2 * count, random);
      StringBuilder members = new StringBuilder("nodes:\n");
      for (int i = 0; i < count; i++) {
        members.append(
            "  - {id: n%d, peer: \"127.0.0.1:%d\", client: \"127.0.0.1:%d\"}\n"
                .formatted(i + 1, ports.get(2 * i), ports.get(2 * i + 1)));
      }
      List<LocalNode> nodes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String id = "n" + (i + 1);
        Path home = Files.createDirectories(folder.resolve(id));
        Path config = home.resolve("node.yaml");
        Files.writeString(
            config,
            "cluster: local\nnode: {id: %s}\ndata: \"%s\"\n%s%s"
                .formatted(id, home.resolve("data"), historyKey(histories, id), members));
        nodes.add(
            new LocalNode(
                tuning, id, "127.0.0.1:" + ports.get(2 * i + 1), config, home.resolve("node.log")));
      }
      return new LocalCluster(nodes);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.FAILED,
          "cannot prepare a cluster in " + folder + ": " + e.getMessage(),
          "is the disk full?",
          e);
    }
  }

  private static String historyKey(@Nullable Path folder, String id) {
    return folder == null
        ? ""
        : "history: \"%s\"\n".formatted(folder.toAbsolutePath().resolve(id + ".jsonl"));
  }

  /** All nodes, in the order of their names. */
  public List<LocalNode> nodes() {
    return nodes;
  }

  /**
   * The node of a name.
   *
   * @param id its name
   */
  public LocalNode node(String id) {
    return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
  }

  /** Where clients reach the nodes: host:port, apart by commas. */
  public String endpoints() {
    return nodes.stream().map(LocalNode::endpoint).collect(Collectors.joining(","));
  }

  /**
   * The same with one node's endpoint first.
   *
   * @param first the node to begin with
   */
  public String endpointsFrom(LocalNode first) {
    return first.endpoint()
        + nodes.stream()
            .filter(node -> node != first)
            .map(node -> "," + node.endpoint())
            .collect(Collectors.joining());
  }

  /** What each running node says about itself now; nodes that do not answer are left out. */
  public List<NodeStatus> statuses() {
    return admin.statuses().stream().map(EndpointStatus::status).flatMap(Optional::stream).toList();
  }

  /** Questions and operators' commands. */
  public HoldfastAdmin admin() {
    return admin;
  }

  /**
   * Waits until every running node knows the leader.
   *
   * @param limit how long to wait
   * @return the leader's name
   * @throws InterruptedException interrupted while it waited
   */
  public String awaitLeader(Duration limit) throws InterruptedException {
    long running = nodes.stream().filter(LocalNode::isRunning).count();
    List<NodeStatus> agreed =
        await(
            "a leader that all running nodes know",
            limit,
            statuses ->
                statuses.size() == running
                    && !statuses.get(0).leaderId().isEmpty()
                    && statuses.stream().map(NodeStatus::leaderId).distinct().count() == 1
                    && statuses.stream()
                        .anyMatch(status -> status.nodeId().equals(status.leaderId())));
    return agreed.get(0).leaderId();
  }

  /**
   * Asks the nodes again and again.
   *
   * @param what is waited for, for the message if it does not come
   * @param limit how long to wait
   * @param condition what the answers of the nodes that answer must be like
   * @return the answers that met the condition
   * @throws Failure it did not come, or a node ended by itself
   * @throws InterruptedException interrupted while it waited
   */
  public List<NodeStatus> await(String what, Duration limit, Predicate<List<NodeStatus>> condition)
      throws InterruptedException {
    long giveUpAtNanos = System.nanoTime() + limit.toNanos();
    while (true) {
      List<NodeStatus> statuses = statuses();
      if (!statuses.isEmpty() && condition.test(statuses)) {
        return statuses;
      }
      if (System.nanoTime() > giveUpAtNanos) {
        throw new Failure(
            ExitCode.FAILED,
            "waited " + Durations.format(limit.toMillis()) + " in vain for " + what,
            "read the nodes' logs: " + nodes.get(0).log() + " and the others beside it");
      }
      nodes.forEach(LocalNode::requireAlive);
      pause();
    }
  }

  /**
   * Lets a moment pass; nothing that happens elsewhere can be waited for, so it is asked for again.
   */
  private void pause() throws InterruptedException {
    if (never.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("nobody opens this latch");
    }
  }

  /**
   * From now on, a folder goes together with the cluster.
   *
   * @param folder everything in it is deleted when the nodes have been stopped
   */
  public void deleteAtEnd(Path folder) {
    folderToDelete = folder;
  }

  /**
   * Takes {@link #deleteAtEnd} back, so that somebody may look what went wrong. What goes wrong
   * because this process ends, and takes the nodes with it, is not worth a look.
   */
  public void keepFolder() {
    if (!ending) {
      folderToDelete = null;
    }
  }

  /** Stops all nodes in an orderly way and waits for them; they may be started again. */
  public void stopNodes() {
    nodes.forEach(LocalNode::askToStop);
    nodes.forEach(node -> node.awaitStop(STOP_MILLIS_MAX));
  }

  /** Lets the nodes run on after this process has ended. */
  public void letGo() {
    forgetHook();
    admin.close();
  }

  /** Stops all nodes in an orderly way and waits for them. */
  @Override
  public void close() {
    forgetHook();
    admin.close();
    stopNodes();
    deleteFolder();
  }

  private void forgetHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endingAlready) {
      // The hook is at work and ends the nodes; to stop them again does no harm.
    }
  }

  /** This process ends before its time: nobody needs the data any more. */
  private void endAll() {
    ending = true;
    for (LocalNode node : nodes) {
      node.awaitStop(0);
    }
    deleteFolder();
  }

  private void deleteFolder() {
    Path folder = folderToDelete;
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException leftBehind) {
      System.err.println(
          "holdfast: could not delete all of " + folder + ": " + leftBehind.getMessage());
    }
  }
}
