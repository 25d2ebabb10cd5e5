package dev.holdfast.cli.demo;

import dev.holdfast.cli.local.LocalCluster;
import dev.holdfast.cli.local.LocalNode;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastBuilder;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Everything that a demonstration is played with: the story that it tells, a cluster, clients,
 * processes. What is made here is ended here, in the reverse order. For one thread.
 */
public final class Stage implements AutoCloseable {
  /** The session TTL of those who are not to lose anything. */
  public static final Duration TTL = Duration.ofSeconds(10);

  /** A demonstration waits for nothing longer than this. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Processes that start load all their classes, on a machine that may be busy. */
  public static final Duration START_PATIENCE = Duration.ofSeconds(90);

  private final Demo demo;
  private final Story story;
  private final LocalCluster cluster;
  private final Path folder;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  Stage(Demo demo, Story story, LocalCluster cluster, Path folder) {
    this.demo = demo;
    this.story = story;
    this.cluster = cluster;
    this.folder = folder;
  }

  /** Where it is told and checked. */
  public Story story() {
    return story;
  }

  /** As many nodes as the demonstration wanted, started or not. */
  public LocalCluster cluster() {
    return cluster;
  }

  /** A folder for its own files. */
  public Path folder() {
    return folder;
  }

  /**
   * Tells of a step in which the nodes are started that do not run yet, and waits for a leader.
   *
   * @return the leader's name
   * @throws InterruptedException interrupted while it waited
   */
  public String startNodes() throws InterruptedException {
    int count = cluster.nodes().size();
    boolean running = cluster.nodes().stream().allMatch(LocalNode::isAlive);
    story.step(
        running
            ? count + " nodes are running, each a process with a data folder of its own"
            : "Start " + count + " nodes, each a process with a data folder of its own");
    cluster.nodes().stream().filter(node -> !node.isAlive()).forEach(LocalNode::start);
    for (LocalNode node : cluster.nodes()) {
      story.say(
          "node " + node.id() + "  for clients at " + node.endpoint() + "  pid " + node.pid());
    }
    String leader = cluster.awaitLeader(START_PATIENCE);
    story.expect(true, "they elected a leader: " + leader);
    return leader;
  }

  /**
   * A client that begins at any node.
   *
   * @param label its name
   * @param ttl its session's TTL
   */
  public Holdfast client(String label, Duration ttl) {
    return client(label, ttl, cluster.endpoints());
  }

  /**
   * A client that begins at one node.
   *
   * @param label its name
   * @param ttl its session's TTL
   * @param endpoints host:port, apart by commas; in this order
   */
  public Holdfast client(String label, Duration ttl, String endpoints) {
    return connect(
        Holdfast.builder().endpoints(endpoints).endpointsInOrder().sessionTtl(ttl).label(label));
  }

  /**
   * A client of other settings.
   *
   * @param settings all of them but how long it waits for its session
   */
  public Holdfast connect(HoldfastBuilder settings) {
    return keep(settings.openTimeout(START_PATIENCE).connect());
  }

  /**
   * Starts a process that plays a part of this demonstration ({@link Demo#act}).
   *
   * @param label its name
   * @param ttl its session's TTL
   * @param words whatever else it is to know
   */
  public Actor actor(String label, Duration ttl, String... words) {
    List<String> line =
        new ArrayList<>(
            List.of(
                PartCommand.COMMAND,
                demo.name(),
                label,
                cluster.endpoints(),
                Long.toString(ttl.toMillis()),
                folder.toString()));
    line.addAll(List.of(words));
    return keep(new Actor(label, line, folder.resolve(label + ".log")));
  }

  /**
   * Something else that is to be ended with the demonstration.
   *
   * @param resource closed at the end; twice must do no harm
   * @param <T> what it is
   * @return the same
   */
  public <T extends AutoCloseable> T keep(T resource) {
    open.push(resource);
    return resource;
  }

  /**
   * Does something on a thread of its own.
   *
   * @param name the thread's
   * @param work what to do
   * @param <T> what it returns
   */
  public static <T> CompletableFuture<T> inThread(String name, Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("holdfast-demo-" + name)
        .start(
            () -> {
              try {
                result.complete(work.call());
              } catch (Exception e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }

  /**
   * Waits for an exclusive lock.
   *
   * @param client who
   * @param lock which
   * @throws InterruptedException interrupted while it waited
   */
  public static LockGrant acquire(Holdfast client, String lock) throws InterruptedException {
    return await(
        client.async().acquire(AcquireRequest.of(lock, Mode.X)), "'" + lock + "' is granted");
  }

  /**
   * Waits for something that must come.
   *
   * @param future what is waited for
   * @param what the sentence that is true when it has come
   * @param <T> what comes
   * @throws InterruptedException interrupted while it waited
   */
  public static <T> T await(CompletableFuture<T> future, String what) throws InterruptedException {
    try {
      return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DemoFailedException failed) {
        throw failed;
      }
      throw new DemoFailedException(what + ", but: " + e.getCause());
    } catch (TimeoutException e) {
      throw new DemoFailedException(what + " within " + Durations.format(PATIENCE.toMillis()));
    }
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      AutoCloseable next = open.pop();
      try {
        next.close();
      } catch (Exception e) {
        story.show("(" + next + " could not be closed: " + e + ")");
      }
    }
  }
}
