package dev.holdfast.cli.demo.scene;

import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.DemoFailedException;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.local.LocalNode;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Option;

/** What a majority can do, and what fewer cannot. */
public final class ReplicatedDemo implements Demo {
  private static final String LOCK = "demo/replicated/resource";
  private static final Duration LONG_TTL = Duration.ofMinutes(1);
  private static final long WATCHED_MILLIS = 1_500;

  @Option(names = "--nodes", paramLabel = "N", description = "How many nodes, 3 or 5 (default: 3).")
  private int nodes = 3;

  /** Not yet playing. */
  public ReplicatedDemo() {}

  @Override
  public String name() {
    return "replicated";
  }

  @Override
  public String title() {
    return "a majority of the nodes grants, a minority never does";
  }

  @Override
  public void requireOptions() {
    if (nodes != 3 && nodes != 5) {
      throw new Failure(
          ExitCode.USAGE,
          "--nodes must be 3 or 5, not " + nodes,
          "see: holdfast demo replicated --help");
    }
  }

  @Override
  public int nodes() {
    return nodes;
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "a cluster grants as long as more than half of its nodes can talk to each other",
        "a smaller part grants nothing, so two parts never grant the same lock",
        "when the others are back, it goes on where it was");
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException {
    stage.startNodes();
    new Run(stage).play();
    return ExitCode.OK;
  }

  private static final class Run {
    private final Stage stage;
    private final Story story;
    private final List<LocalNode> all;
    private final int majority;

    Run(Stage stage) {
      this.stage = stage;
      this.story = stage.story();
      this.all = stage.cluster().nodes();
      this.majority = all.size() / 2 + 1;
    }

    void play() throws InterruptedException {
      try {
        grantWithMinorityGone();
        askTwoMinorities();
      } finally {
        for (LocalNode node : all) {
          if (!node.isRunning()) {
            node.resume();
          }
        }
      }
      stage.cluster().awaitLeader(Stage.PATIENCE);
    }

    private void pause(List<LocalNode> nodes) throws InterruptedException {
      for (LocalNode node : nodes) {
        node.pause();
      }
    }

    private void resume(List<LocalNode> nodes) throws InterruptedException {
      for (LocalNode node : nodes) {
        node.resume();
      }
    }

    private static String names(List<LocalNode> nodes) {
      List<String> names = nodes.stream().map(LocalNode::id).toList();
      int last = names.size() - 1;
      return last == 0
          ? names.getFirst()
          : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    private static String group(List<LocalNode> nodes) {
      return String.join("+", nodes.stream().map(LocalNode::id).toList());
    }

    private void grantWithMinorityGone() throws InterruptedException {
      List<LocalNode> gone = new ArrayList<>();
      String leader = stage.cluster().awaitLeader(Stage.PATIENCE);
      gone.add(stage.cluster().node(leader)); // the hardest: the leader is among them
      all.stream()
          .filter(node -> !node.id().equals(leader))
          .limit(all.size() - majority - 1L)
          .forEach(gone::add);
      List<LocalNode> rest = all.stream().filter(node -> !gone.contains(node)).toList();
      story.step(
          gone.size() == 1
              ? "One of " + all.size() + " nodes, the leader, cannot be reached any more"
              : gone.size()
                  + " of "
                  + all.size()
                  + " nodes, the leader among them, cannot be reached any more");
      Holdfast client = stage.client("client", LONG_TTL, rest.get(0).endpoint());
      Stage.acquire(client, "demo/replicated/warm-up").release();
      long beganNanos = System.nanoTime();
      pause(gone);
      story.say(
          names(gone)
              + (gone.size() == 1
                  ? " is stopped (SIGSTOP): it neither hears nor says anything"
                  : " are stopped (SIGSTOP): they neither hear nor say anything"));
      LockGrant grant = Stage.acquire(client, LOCK);
      story.expect(
          grant.isHeld(),
          names(rest)
              + " are a majority: a lock is granted all the same, after "
              + Durations.format((System.nanoTime() - beganNanos) / 1_000_000)
              + ", with token "
              + grant.token().value());
      grant.release();
      resume(gone);
      stage.cluster().awaitLeader(Stage.PATIENCE);
      client.close();
    }

    private void askTwoMinorities() throws InterruptedException {
      int size = all.size() - majority;
      List<LocalNode> left = all.subList(0, size);
      List<LocalNode> right = all.subList(size, 2 * size);
      List<LocalNode> others = all.subList(2 * size, all.size());
      story.step("Two minorities are asked in turn: " + group(left) + ", then " + group(right));
      Holdfast alice = stage.client("alice", LONG_TTL, left.get(0).endpoint());
      Holdfast bob = stage.client("bob", LONG_TTL, right.get(0).endpoint());
      Stage.acquire(alice, "demo/replicated/alice").release();
      Stage.acquire(bob, "demo/replicated/bob").release();

      pause(right);
      pause(others);
      story.say("only " + names(left) + " can be reached; alice asks there for the lock");
      CompletableFuture<LockGrant> first = ask(alice);
      story.expect(
          !isGrantedWithin(first), "no answer: a minority does not grant (nor does it refuse)");

      pause(left); // before the others come back, so that nobody ever has a majority
      resume(right);
      story.say("now only " + names(right) + " can be reached; bob asks there for the same lock");
      CompletableFuture<LockGrant> second = ask(bob);
      story.expect(!isGrantedWithin(second), "no answer here either");
      story.expect(
          !first.isDone(), "and alice has none as well: the two minorities granted nothing");

      story.step("All nodes are back");
      resume(left);
      resume(others);
      stage.cluster().awaitLeader(Stage.PATIENCE);
      CompletableFuture<Object> any = CompletableFuture.anyOf(first, second);
      LockGrant winner = (LockGrant) Stage.await(any, "one of them is granted");
      boolean aliceWins = first.isDone();
      CompletableFuture<LockGrant> other = aliceWins ? second : first;
      story.expect(
          alice.check(LOCK).holders().size() == 1 && !other.isDone(),
          (aliceWins ? "alice" : "bob")
              + " is granted what was asked for, with token "
              + winner.token().value()
              + "; the other one waits");
      winner.release();
      LockGrant loser = Stage.await(other, "the other one is granted");
      story.expect(
          loser.token().value() > winner.token().value(),
          "then the other one, with token " + loser.token().value());
      loser.release();
    }

    /** Waits, for it is not known in which order the two requests arrive. */
    private static CompletableFuture<LockGrant> ask(Holdfast client) {
      return client.async().acquire(AcquireRequest.of(LOCK, Mode.X));
    }

    private static boolean isGrantedWithin(CompletableFuture<LockGrant> asked)
        throws InterruptedException {
      try {
        asked.get(WATCHED_MILLIS, TimeUnit.MILLISECONDS);
        return true;
      } catch (TimeoutException nothing) {
        return false;
      } catch (ExecutionException e) {
        throw new DemoFailedException("whoever waits is told nothing wrong, but: " + e.getCause());
      }
    }
  }
}
