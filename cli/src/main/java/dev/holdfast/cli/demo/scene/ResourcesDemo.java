package dev.holdfast.cli.demo.scene;

import dev.holdfast.cli.demo.Actor;
import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.DemoFailedException;
import dev.holdfast.cli.demo.Part;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastSemaphore;
import dev.holdfast.client.LockGrant;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Three devices for eight users: a semaphore says how many may be in use. */
public final class ResourcesDemo implements Demo {
  private static final String DEVICES = "demo/resources/devices";
  private static final Duration SHORT_TTL = Duration.ofMillis(1_500);
  private static final int LIMIT = 3;
  private static final int USERS = 8;
  private static final int TURNS = 10;

  /** Not yet playing. */
  public ResourcesDemo() {}

  @Override
  public String name() {
    return "resources";
  }

  @Override
  public List<String> aliases() {
    return List.of("semaphore");
  }

  @Override
  public String title() {
    return "three devices for eight users: never more than three in use, and none lost";
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "a semaphore keeps count over the whole cluster, first come, first served",
        "each permit has a token of its own",
        "a permit whose holder crashed comes back when its session has run out");
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException {
    stage.startNodes();
    List<Holdfast> users = new ArrayList<>();
    for (int i = 1; i <= USERS; i++) {
      users.add(stage.client("user-" + i, Stage.TTL));
    }
    share(stage.story(), users);
    loseOne(stage, users);
    return ExitCode.OK;
  }

  private static void share(Story story, List<Holdfast> users) throws InterruptedException {
    story.step(USERS + " users share " + LIMIT + " devices, " + TURNS + " times each");
    AtomicInteger inUse = new AtomicInteger();
    // The first ones keep their devices until none is left, so that the others do have to wait.
    CountDownLatch left = new CountDownLatch(LIMIT);
    AtomicInteger most = new AtomicInteger();
    Set<Long> tokens = new ConcurrentSkipListSet<>();
    List<CompletableFuture<Boolean>> running = new ArrayList<>();
    for (Holdfast user : users) {
      running.add(
          Stage.inThread(
              "user",
              () -> {
                HoldfastSemaphore devices = user.semaphore(DEVICES, LIMIT);
                for (int i = 0; i < TURNS; i++) {
                  LockGrant permit = devices.acquire();
                  int now = inUse.incrementAndGet();
                  most.accumulateAndGet(now, Math::max);
                  tokens.add(permit.token().value());
                  left.countDown();
                  if (!left.await(Stage.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new DemoFailedException("all devices are in use at once");
                  }
                  inUse.decrementAndGet();
                  permit.release();
                }
                return true;
              }));
    }
    for (CompletableFuture<Boolean> user : running) {
      Stage.await(user, "every user has its turns");
    }
    story.expect(most.get() == LIMIT, LIMIT + " were in use at once, and never more than these");
    story.expect(
        tokens.size() == USERS * TURNS,
        "all had their turns: " + tokens.size() + " permits, each with a token of its own");
  }

  private static void loseOne(Stage stage, List<Holdfast> users) throws InterruptedException {
    Story story = stage.story();
    story.step("A process takes one of the devices, two users take the others");
    Actor process = stage.actor("crasher", SHORT_TTL);
    process.answer("holding");
    List<LockGrant> held = new ArrayList<>();
    held.add(users.get(0).semaphore(DEVICES, LIMIT).acquire());
    held.add(users.get(1).semaphore(DEVICES, LIMIT).acquire());
    HoldfastSemaphore devices = users.get(2).semaphore(DEVICES, LIMIT);
    story.expect(devices.tryAcquire(1).isEmpty(), "a fourth is refused at once: all are in use");

    story.step("The process is killed with kill -9 while a fourth user waits");
    CompletableFuture<LockGrant> waiting = devices.acquireAsync(1);
    process.kill();
    long killedNanos = System.nanoTime();
    LockGrant fourth = Stage.await(waiting, "the fourth user is granted");
    story.expect(
        fourth.isHeld() && held.stream().allMatch(LockGrant::isHeld),
        "after "
            + Durations.format((System.nanoTime() - killedNanos) / 1_000_000)
            + " its device came back to the fourth user; the other two kept theirs");
    held.add(fourth);
    held.forEach(LockGrant::release);
    story.expect(users.get(3).check(DEVICES).isFree(), "in the end all devices are free");
  }

  @Override
  public void act(Part part) throws InterruptedException, IOException {
    try (Holdfast client = part.connect()) {
      LockGrant permit =
          Stage.await(client.semaphore(DEVICES, LIMIT).acquireAsync(1), "a permit is granted");
      part.tell("holding " + permit.token().value());
      while (part.order() != null) {
        part.tell("held " + permit.isHeld());
      }
    }
  }
}
