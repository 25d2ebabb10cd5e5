package dev.holdfast.cli.demo.scene;

import dev.holdfast.cli.demo.Actor;
import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.Part;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Holders that crash, and holders that work for longer than they may. */
public final class FailureDemo implements Demo {
  private static final String LOCK = "demo/failure/report";
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final Duration SHORT_LEASE = Duration.ofSeconds(1);
  private static final long GRACE_MILLIS = 1_000;
  private static final int ATTEMPTS = 3;

  /** Not yet playing. */
  public FailureDemo() {}

  @Override
  public String name() {
    return "failure";
  }

  @Override
  public String title() {
    return "a holder crashes, and its successor is granted when the lease of 3 s is over";
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "nobody has to clean up after a holder that crashed: its lease ends by itself",
        "not before, for it might still be at work; and not much later",
        "a holder that works for longer than its lease knows before anybody else is granted");
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException {
    stage.startNodes();
    Holdfast successor = stage.client("successor", Stage.TTL);
    Stage.acquire(successor, "demo/failure/warm-up").release();
    int attempt = 1;
    while (!crash(stage, successor, attempt) && attempt < ATTEMPTS) {
      attempt++;
      stage.story().say("later than that: this machine is busy; once more");
    }
    overrun(stage, successor);
    return ExitCode.OK;
  }

  /** False if the successor was granted late, which is no expectation that is not met yet. */
  private static boolean crash(Stage stage, Holdfast successor, int attempt)
      throws InterruptedException {
    Story story = stage.story();
    story.step(
        "A process acquires the lock '"
            + LOCK
            + "' with a lease of "
            + Durations.format(LEASE.toMillis())
            + ", and is killed with kill -9");
    Actor holder = stage.actor("holder-" + attempt, Stage.TTL);
    String[] held = holder.answer("holding").split(" ", -1);
    long grantedNanos = System.nanoTime();
    long token = Long.parseLong(held[0]);
    // The clock that both processes read is that of the machine since it was started.
    long askedNanos = Long.parseLong(held[1]);
    holder.kill();
    story.say("pid " + holder.pid() + " held it with token " + token + " and is dead");

    story.step("Another client waits for it");
    AtomicLong nextNanos = new AtomicLong();
    LockGrant next = Stage.await(acquire(successor, null, nextNanos), "the successor is granted");
    long afterAsked = (nextNanos.get() - askedNanos) / 1_000_000;
    long afterGrant = (nextNanos.get() - grantedNanos) / 1_000_000;
    story.say("granted " + Durations.format(afterAsked) + " after the dead one had asked for it");
    story.expect(
        afterAsked >= LEASE.toMillis(),
        "not before the lease was over: " + Durations.format(LEASE.toMillis()) + " or more");
    story.expect(next.token().value() > token, "with a larger token, " + next.token().value());
    next.release();
    boolean inTime = afterGrant <= LEASE.toMillis() + GRACE_MILLIS;
    if (inTime || attempt == ATTEMPTS) {
      story.expect(inTime, "at most " + Durations.format(GRACE_MILLIS) + " after that");
    }
    return inTime;
  }

  /** The moment is taken on the thread that completes it, not when somebody has noticed. */
  private static CompletableFuture<LockGrant> acquire(
      Holdfast client, @Nullable Duration lease, AtomicLong nanos) {
    AcquireRequest request = AcquireRequest.of(LOCK, Mode.X);
    return client
        .async()
        .acquire(lease == null ? request : request.lease(lease))
        .thenApply(
            grant -> {
              nanos.set(System.nanoTime());
              return grant;
            });
  }

  private static void overrun(Stage stage, Holdfast successor) throws InterruptedException {
    Story story = stage.story();
    story.step("A holder works for longer than its lease, while another one waits");
    Holdfast slow = stage.client("slow worker", Stage.TTL);
    AtomicLong grantedNanos = new AtomicLong();
    LockGrant grant =
        Stage.await(acquire(slow, SHORT_LEASE, grantedNanos), "the slow worker is granted");
    AtomicLong nextNanos = new AtomicLong();
    CompletableFuture<LockGrant> next = acquire(successor, null, nextNanos);
    long checks = 0;
    while (grant.isHeld()) { // it works, and looks before each piece of work
      checks++;
      Thread.onSpinWait();
    }
    long endNanos = System.nanoTime();
    LockGrant successorGrant = Stage.await(next, "the successor is granted");
    story.say(
        "the worker looked "
            + checks
            + " times; after "
            + Durations.format((endNanos - grantedNanos.get()) / 1_000_000)
            + " it was told: not held any more");
    story.expect(
        endNanos < nextNanos.get(),
        "the successor was granted "
            + Durations.format((nextNanos.get() - endNanos) / 1_000_000)
            + " after that: who looks, stops in time; whoever does not look needs fencing");
    successorGrant.release();
  }

  @Override
  public void act(Part part) throws InterruptedException, IOException {
    try (Holdfast client = part.connect()) {
      Stage.acquire(client, "demo/failure/warm-up-" + part.label()).release();
      long askedNanos = System.nanoTime();
      LockGrant grant =
          Stage.await(
              client.async().acquire(AcquireRequest.of(LOCK, Mode.X).lease(LEASE)),
              "the holder is granted");
      part.tell("holding " + grant.token().value() + " " + askedNanos);
      while (part.order() != null) {
        part.tell("held " + grant.isHeld());
      }
    }
  }
}
