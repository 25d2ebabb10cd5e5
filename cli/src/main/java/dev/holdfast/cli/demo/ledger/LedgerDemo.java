package dev.holdfast.cli.demo.ledger;

import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.DemoFailedException;
import dev.holdfast.cli.demo.Part;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.ledger.Booking;
import dev.holdfast.cli.ledger.Ledger;
import dev.holdfast.cli.ledger.LedgerCheck;
import dev.holdfast.cli.local.LocalCluster;
import dev.holdfast.cli.local.LocalNode;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.HoldfastAdmin;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockWaiter;
import dev.holdfast.client.NodeStatus;
import dev.holdfast.client.UnavailableException;
import dev.holdfast.fencing.StaleTokenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Three nodes, writers on each, one ledger file: the leader is killed while a lock is held, and a
 * holder is paused for longer than its lease. In the end the ledger must be as if nothing had
 * happened.
 */
public final class LedgerDemo implements Demo {
  private static final Duration READY_LIMIT = Duration.ofSeconds(30);
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final Duration SHORT_TTL = Duration.ofSeconds(2);
  private static final int TURNS = 40;

  /** Not yet playing. */
  public LedgerDemo() {}

  @Override
  public String name() {
    return "ledger";
  }

  @Override
  public String title() {
    return "a leader killed, a holder paused, and not a line of the shared ledger lost or spoiled";
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "a lock survives the death of the leader; holder, token and queue stay as they are",
        "a holder that is gone for too long loses the lock, and its late writes are refused by token",
        "what the lock protects stays whole");
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException, IOException {
    try (Ledger ledger = Ledger.open(stage.folder())) {
      new Run(stage, ledger).play();
    }
    return ExitCode.OK;
  }

  @Override
  public void act(Part part) throws InterruptedException, IOException {
    PausedWriter.act(part);
  }

  /** One run, with what it has to remember from step to step. */
  private static final class Run {
    private final Stage stage;
    private final Story story;
    private final LocalCluster cluster;
    private final Ledger ledger;
    private final List<Writer> writers = new ArrayList<>();
    private final Set<Booking.Id> acknowledged = new HashSet<>();

    Run(Stage stage, Ledger ledger) {
      this.stage = stage;
      this.story = stage.story();
      this.cluster = stage.cluster();
      this.ledger = ledger;
    }

    void play() throws InterruptedException {
      String leader = stage.startNodes();
      try {
        compete();
        killLeader(leader);
        pauseHolder();
      } finally {
        writers.forEach(Writer::close);
      }
      restart(leader);
      checkLedger();
    }

    private void compete() throws InterruptedException {
      story.step(
          "Three writers at different nodes share one ledger file under the lock '"
              + Writer.LOCK
              + "'");
      List<String> names = List.of("alice", "bob", "carol");
      for (int i = 0; i < names.size(); i++) {
        LocalNode node = cluster.nodes().get(i);
        Writer writer = new Writer(names.get(i), cluster.endpointsFrom(node), TTL, ledger);
        writers.add(writer);
        writer.warmUp();
        story.say(writer.name() + " talks to node " + writer.node());
      }
      long nodes = writers.stream().map(Writer::node).distinct().count();
      story.expectQuietly(nodes >= 2, "the writers talk to different nodes");
      story.say("each " + TURNS + " times: acquire, read the last balance, append a line, release");
      long beganNanos = System.nanoTime();
      allBook(TURNS);
      int turns = writers.size() * TURNS;
      story.expect(
          findings().isEmpty(),
          turns
              + " bookings in "
              + Durations.format(millisSince(beganNanos))
              + ", every balance right, tokens only grew");
    }

    /**
     * All at once, each on a thread of its own; an error of one is an error of the demonstration.
     */
    private void allBook(int times) throws InterruptedException {
      List<CompletableFuture<Void>> running = new ArrayList<>();
      for (Writer writer : writers) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        running.add(done);
        Thread.ofPlatform()
            .daemon()
            .name("holdfast-demo-" + writer.name())
            .start(
                () -> {
                  try {
                    writer.bookInTurn(times);
                    done.complete(null);
                  } catch (RuntimeException | InterruptedException e) {
                    done.completeExceptionally(e);
                  }
                });
      }
      for (int i = 0; i < running.size(); i++) {
        awaitNoError(writers.get(i).name(), running.get(i));
      }
    }

    private void killLeader(String leader) throws InterruptedException {
      story.step("Kill the leader with kill -9 while the lock is held and others wait for it");
      Writer alice = writers.get(0);
      LockGrant held = Writer.granted(alice.acquire());
      long token = held.token().value();
      List<CompletableFuture<LockGrant>> waiting = new ArrayList<>();
      for (Writer writer : writers.subList(1, writers.size())) {
        waiting.add(writer.acquire());
        awaitQueue(waiting.size());
      }
      story.say(
          "alice holds the lock with fencing token "
              + token
              + "; bob and carol wait, in this order");

      LocalNode victim = cluster.node(leader);
      long killedNanos = System.nanoTime();
      victim.kill();
      story.say("killed node " + leader + " (pid " + victim.pid() + "), the leader");
      LockCheck check = checkOnceThereIsALeader();
      String next = cluster.awaitLeader(READY_LIMIT);
      story.expect(
          !next.equals(leader),
          "a new leader, "
              + next
              + ", answered after "
              + Durations.format(millisSince(killedNanos)));
      story.expect(
          check.holders().size() == 1 && check.holders().get(0).token() == token && held.isHeld(),
          "alice still holds the lock, under the same token " + token);
      story.expect(
          check.queue().stream().map(LockWaiter::owner).toList().equals(List.of("bob", "carol")),
          "bob and carol still wait, in the same order");

      bookAndRelease(alice, held);
      long lastToken = token;
      for (int i = 0; i < waiting.size(); i++) {
        Writer writer = writers.get(i + 1);
        LockGrant grant = Writer.granted(waiting.get(i));
        story.expectQuietly(
            grant.token().value() > lastToken, writer.name() + " gets a larger token");
        lastToken = grant.token().value();
        bookAndRelease(writer, grant);
      }
      allBook(TURNS / 4);
      story.expect(
          findings().isEmpty(),
          "alice booked and released, then bob, then carol, then all of them again; nobody saw an error");
    }

    private void bookAndRelease(Writer writer, LockGrant grant) throws InterruptedException {
      try {
        writer.book(grant.token().value());
      } catch (StaleTokenException e) {
        throw new DemoFailedException("the gate admits " + writer.name() + ": " + e.getMessage());
      }
      grant.release();
    }

    private void awaitQueue(int length) throws InterruptedException {
      cluster.await("a queue of " + length, READY_LIMIT, statuses -> queueLength() == length);
    }

    /** -1 while no node answers. */
    private int queueLength() {
      try {
        return cluster.admin().check(Writer.LOCK, Consistency.LINEARIZABLE, 0).queueLength();
      } catch (UnavailableException busy) {
        return -1;
      }
    }

    /** A linearizable answer needs a leader and a majority: it comes as soon as there is one. */
    private LockCheck checkOnceThereIsALeader() {
      try (HoldfastAdmin patient = HoldfastAdmin.connect(cluster.endpoints(), READY_LIMIT)) {
        return patient.check(Writer.LOCK, Consistency.LINEARIZABLE, 10);
      }
    }

    private void pauseHolder() throws InterruptedException {
      story.step(
          "Pause a holder for longer than its lease, as a long garbage collection or a suspended laptop would");
      Writer bob = writers.get(1);
      try (PausedWriter dave = new PausedWriter(stage, SHORT_TTL)) {
        long oldToken = dave.awaitToken();
        acknowledged.add(new Booking.Id(PausedWriter.NAME, 1));
        story.say(
            "dave, in a process of his own (pid "
                + dave.pid()
                + "), holds the lock with token "
                + oldToken
                + " and a lease of "
                + Durations.format(SHORT_TTL.toMillis())
                + " from his last renewal on");
        CompletableFuture<LockGrant> successor = bob.acquire();
        dave.pause();
        long pausedNanos = System.nanoTime();
        story.say(
            "dave's process is stopped (SIGSTOP), right before a booking; bob waits for the lock");
        LockGrant grant = Writer.granted(successor);
        long newToken = grant.token().value();
        story.expect(
            newToken > oldToken,
            "bob got the lock "
                + Durations.format(millisSince(pausedNanos))
                + " after the stop (dave's last renewal was a little before it), with the larger token "
                + newToken);
        bookAndRelease(bob, grant);
        story.say("bob booked under token " + newToken + " and released");
        String before = text();
        dave.resume();
        story.expect(
            !dave.isHeld(),
            "dave goes on (SIGCONT); had he asked, the library would have said: lock lost");
        String answer = dave.bookRegardless();
        story.expect(
            answer.startsWith("refused " + oldToken + " "),
            "he does not ask and books under token "
                + oldToken
                + ": refused by the gate, which has seen "
                + newToken);
        story.expect(text().equals(before), "the ledger is untouched");
      }
    }

    private void restart(String killed) throws InterruptedException {
      story.step("Start the killed node again");
      LocalNode node = cluster.node(killed);
      long beganNanos = System.nanoTime();
      node.start();
      List<NodeStatus> statuses =
          cluster.await(
              "three nodes at the same revision",
              READY_LIMIT,
              all ->
                  all.size() == cluster.nodes().size()
                      && all.stream().noneMatch(status -> status.leaderId().isEmpty())
                      && all.stream().map(NodeStatus::revision).distinct().count() == 1);
      NodeStatus any = statuses.get(0);
      story.say(
          killed
              + " caught up after "
              + Durations.format(millisSince(beganNanos))
              + ", to revision "
              + any.revision());
      story.expect(
          statuses.stream().map(NodeStatus::stateHash).distinct().count() == 1,
          "all three nodes have the same state: "
              + any.stateHash().substring(0, Math.min(16, any.stateHash().length()))
              + "...");
    }

    private void checkLedger() {
      story.step("Check the ledger against what every writer remembers");
      List<String> findings = findings();
      findings.stream().limit(10).forEach(story::say);
      String text = text();
      long lines = text.lines().count();
      Booking last =
          Booking.parse(text.substring(text.stripTrailing().lastIndexOf('\n') + 1).strip());
      story.expect(
          findings.isEmpty(),
          lines
              + " lines: every acknowledged booking exactly once, none lost, none by two writers, tokens in order");
      story.expect(
          lines == remembered().size(), "nothing else is in it; the balance is " + last.balance());
    }

    private List<String> findings() {
      return LedgerCheck.findings(text(), remembered(), Set.of());
    }

    private Set<Booking.Id> remembered() {
      Set<Booking.Id> all = new HashSet<>(acknowledged);
      writers.forEach(writer -> all.addAll(writer.acknowledged()));
      return all;
    }

    private String text() {
      try {
        return ledger.text();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void awaitNoError(String name, CompletableFuture<Void> running)
        throws InterruptedException {
      try {
        running.get();
      } catch (ExecutionException e) {
        throw new DemoFailedException(name + " sees no error, but saw: " + e.getCause());
      }
    }

    private static long millisSince(long nanos) {
      return (System.nanoTime() - nanos) / 1_000_000;
    }
  }
}
