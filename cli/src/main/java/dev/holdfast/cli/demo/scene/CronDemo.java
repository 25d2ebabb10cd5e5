package dev.holdfast.cli.demo.scene;

import dev.holdfast.cli.demo.Actor;
import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.Part;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.terminal.Durations;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastException;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import dev.holdfast.fencing.FileFencingGate;
import dev.holdfast.fencing.StaleTokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import picocli.CommandLine.Option;

/**
 * A job that is due at every tick, on five processes of which any may run it: each tick is to run
 * once. The journal of runs lies behind a gate; whoever gets the lock runs what is due and not in
 * the journal.
 */
public final class CronDemo implements Demo {
  private static final String LOCK = "demo/cron";
  private static final Duration SHORT_TTL = Duration.ofMillis(1_500);
  private static final int PROCESSES = 5;
  private static final int TICKS_MAX = 10_000;
  private static final int EVERY_MILLIS_MAX = 60_000;

  /** Each of two who are killed holds the others up, and then there have to be ticks left. */
  private static final long LENGTH_MILLIS_MIN = 5_000;

  @Option(
      names = "--ticks",
      paramLabel = "N",
      description = "How often the job is due (default: 100).")
  private int ticks = 100;

  @Option(
      names = "--every-ms",
      paramLabel = "MS",
      description = "Time from tick to tick, in milliseconds (default: 50).")
  private int everyMillis = 50;

  /** Not yet playing. */
  public CronDemo() {}

  @Override
  public String name() {
    return "cron";
  }

  @Override
  public String title() {
    return "five processes, " + ticks + " ticks: each tick runs once, although holders are killed";
  }

  @Override
  public void requireOptions() {
    require("--ticks", ticks, TICKS_MAX);
    require("--every-ms", everyMillis, EVERY_MILLIS_MAX);
    long length = (long) ticks * everyMillis;
    if (length < LENGTH_MILLIS_MIN) {
      long enough = (LENGTH_MILLIS_MIN + everyMillis - 1) / everyMillis;
      throw new Failure(
          ExitCode.USAGE,
          "%d ticks every %d ms are over after %s, before two holders can be killed"
              .formatted(ticks, everyMillis, Durations.format(length)),
          "let them last for 5 s or more: --ticks " + enough + " --every-ms " + everyMillis);
    }
  }

  private static void require(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw new Failure(
          ExitCode.USAGE,
          option + " must be 1 to " + max + ", not " + value,
          "see: holdfast demo cron --help");
    }
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "every tick ran, and ran once, whoever was killed in between",
        "a holder that is killed holds the others up until its session has run out; they catch up",
        "the token says who may write the journal, so a late run cannot slip in");
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException, IOException {
    stage.startNodes();
    Story story = stage.story();
    FileFencingGate.create(gate(stage.folder())).close();
    Path journal = journal(stage.folder());
    Files.writeString(journal, "");

    story.step(
        PROCESSES
            + " processes; a job is due every "
            + Durations.format(everyMillis)
            + ", "
            + ticks
            + " times");
    Map<String, Actor> processes = new LinkedHashMap<>();
    for (int i = 1; i <= PROCESSES; i++) {
      String name = "cron-" + i;
      processes.put(
          name,
          stage.actor(name, SHORT_TTL, Integer.toString(ticks), Integer.toString(everyMillis)));
    }
    for (Actor process : processes.values()) {
      process.answer("ready");
    }
    long firstTickNanos = System.nanoTime();
    processes.values().forEach(process -> process.order("go " + firstTickNanos));

    List<Actor> victims = List.copyOf(processes.values()).subList(0, 2);
    kill(story, victims.get(0), "before");
    kill(story, victims.get(1), "after");
    processes.values().removeAll(victims);

    story.step("The other three go on until all ticks have run");
    for (Actor process : processes.values()) {
      process.answer("done");
      story.expectQuietly(process.awaitEnd() == 0, process.label() + " ends well");
    }
    check(story, Files.readAllLines(journal));
    return ExitCode.OK;
  }

  private static void kill(Story story, Actor victim, String when) throws InterruptedException {
    story.step("A holder is killed (kill -9) right " + when + " it has run a tick");
    victim.order("stop " + when);
    String tick = victim.answer("stopped");
    victim.kill();
    story.say(victim.label() + ", pid " + victim.pid() + ", was at tick " + tick + " and is dead");
    story.say("it held the lock, which nobody else gets until its session has run out");
  }

  private void check(Story story, List<String> lines) {
    List<Long> ran = new ArrayList<>();
    List<Long> tokens = new ArrayList<>();
    Map<String, Integer> runs = new LinkedHashMap<>();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      ran.add(Long.parseLong(words[0]));
      tokens.add(Long.parseLong(words[1]));
      runs.merge(words[2], 1, Integer::sum);
    }
    runs.forEach((process, count) -> story.say("ticks run by " + process + ": " + count));
    story.expect(lines.size() == ticks, "the journal has " + ticks + " runs");
    story.expect(
        ran.equals(LongStream.range(0, ticks).boxed().toList()),
        "each of the " + ticks + " ticks ran exactly once, in order");
    story.expect(tokens.equals(tokens.stream().sorted().toList()), "tokens only grew");
  }

  private static Path journal(Path folder) {
    return folder.resolve("journal.txt");
  }

  private static Path gate(Path folder) {
    return folder.resolve("journal.gate");
  }

  @Override
  public void act(Part part) throws InterruptedException, IOException {
    try (Holdfast client = part.connect();
        FileFencingGate gate = FileFencingGate.open(gate(part.folder()))) {
      warmUp(part, client);
      new Runner(part, client, gate).run();
    }
  }

  /** The session is short: on a busy machine it may be over before all classes are there. */
  private static void warmUp(Part part, Holdfast client) throws InterruptedException {
    String lock = LOCK + "/warm-up-" + part.label();
    try {
      client.multiLock(AcquireRequest.of(lock, Mode.X)).acquire().release();
    } catch (HoldfastException notYet) {
      System.err.println(part.label() + " begins without having warmed up: " + notYet);
    }
  }

  /** One of the processes. */
  private static final class Runner {
    private final Part part;
    private final Holdfast client;
    private final FileFencingGate gate;
    private final Path journal;
    private final long ticks;
    private final long everyNanos;
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicReference<String> stopWhere = new AtomicReference<>("");
    private long firstTickNanos;

    Runner(Part part, Holdfast client, FileFencingGate gate) {
      this.part = part;
      this.client = client;
      this.gate = gate;
      this.journal = journal(part.folder());
      this.ticks = Long.parseLong(part.words().get(0));
      this.everyNanos = Long.parseLong(part.words().get(1)) * 1_000_000;
    }

    void run() throws InterruptedException, IOException {
      part.tell("ready");
      String go = part.order();
      if (go == null) {
        return;
      }
      firstTickNanos = Long.parseLong(go.substring("go ".length()));
      Thread.ofPlatform().daemon().start(this::hear);
      long next = 0;
      while (next < ticks) {
        awaitTick(next);
        next = takeTurn(next);
      }
      part.tell("done");
    }

    /** Returns the first tick that has not run, as far as is known. */
    private long takeTurn(long next) throws InterruptedException, IOException {
      try {
        LockGrant grant = client.multiLock(AcquireRequest.of(LOCK, Mode.X)).acquire();
        long after = runWhatIsDue(grant.token().value());
        grant.release();
        return after;
      } catch (HoldfastException | StaleTokenException lost) {
        // Whatever it was, the journal says what is still to be done.
        System.err.println(part.label() + " tries again: " + lost);
        return next;
      }
    }

    /** Takes orders while ticks run; ends the process when there is nobody left to give them. */
    private void hear() {
      try {
        String order;
        while ((order = part.order()) != null) {
          stopWhere.set(order.substring("stop ".length()));
        }
      } catch (IOException e) {
        part.tell("deaf " + e.getMessage());
      }
      Runtime.getRuntime().halt(1);
    }

    private void awaitTick(long tick) throws InterruptedException {
      long nanos = firstTickNanos + tick * everyNanos - System.nanoTime();
      if (never.await(nanos, TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException("nobody opens this latch");
      }
    }

    /** Returns the first tick that has not run. */
    private long runWhatIsDue(long token)
        throws InterruptedException, IOException, StaleTokenException {
      long next = Files.readAllLines(journal).size();
      while (next < ticks && firstTickNanos + next * everyNanos <= System.nanoTime()) {
        stopIfOrdered("before", next);
        runTick(next, token);
        stopIfOrdered("after", next);
        next++;
      }
      return next;
    }

    private void runTick(long tick, long token)
        throws InterruptedException, IOException, StaleTokenException {
      String line = tick + " " + token + " " + part.label() + "\n";
      gate.<Path, IOException>write(
          LOCK, token, () -> Files.writeString(journal, line, StandardOpenOption.APPEND));
    }

    private void stopIfOrdered(String where, long tick) throws InterruptedException {
      if (stopWhere.get().equals(where)) {
        part.tell("stopped " + tick);
        never.await(); // until it is killed
      }
    }
  }
}
