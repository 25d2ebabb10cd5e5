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
import dev.holdfast.client.Leader;
import dev.holdfast.client.LeaderElector;
import dev.holdfast.client.LeadershipListener;
import dev.holdfast.protocol.FencingToken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Three processes stand for election; the one that leads is killed, twice. */
public final class LeaderElectionDemo implements Demo {
  private static final String ELECTION = "demo/leader-election";
  private static final Duration SHORT_TTL = Duration.ofMillis(1_500);

  /** Not yet playing. */
  public LeaderElectionDemo() {}

  @Override
  public String name() {
    return "leader-election";
  }

  @Override
  public List<String> aliases() {
    return List.of("election");
  }

  @Override
  public String title() {
    return "three processes elect one leader; it is killed, and the next one leads";
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "one process leads at a time, each with a larger token than the one before",
        "a leader that is gone is replaced when its session has run out",
        "whoever watches is told of every leader, once and in order");
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException {
    stage.startNodes();
    Story story = stage.story();
    BlockingQueue<Leader> seen = new LinkedBlockingQueue<>();
    Holdfast observer = stage.client("observer", Stage.TTL);
    stage.keep(observer.election(ELECTION).observe(leader -> told(leader).ifPresent(seen::add)));

    story.step("Three processes stand for election");
    Map<String, Actor> candidates = new TreeMap<>();
    for (String name : List.of("red", "green", "blue")) {
      candidates.put(name, stage.actor(name, SHORT_TTL));
    }
    for (Actor candidate : candidates.values()) {
      candidate.answer("standing");
    }
    List<Leader> leaders = new ArrayList<>();
    leaders.add(next(seen));
    story.expect(
        candidates.containsKey(leaders.get(0).text().orElse("")),
        leaders.get(0).text().orElse("") + " leads, with token " + leaders.get(0).token().value());

    while (candidates.size() > 1) {
      Leader last = leaders.getLast();
      Actor victim = Objects.requireNonNull(candidates.remove(last.text().orElse("")));
      story.step("The leader is killed with kill -9");
      victim.answer("leading");
      victim.kill();
      long killedNanos = System.nanoTime();
      story.say(victim.label() + ", pid " + victim.pid() + ", is dead");
      Leader successor = next(seen);
      leaders.add(successor);
      String name = successor.text().orElse("");
      story.expect(
          candidates.containsKey(name),
          name + " leads after " + Durations.format((System.nanoTime() - killedNanos) / 1_000_000));
      story.expect(
          successor.token().value() > last.token().value(),
          "its token is larger: " + successor.token().value());
    }

    story.step("The last one resigns");
    Actor last = candidates.values().iterator().next();
    last.answer("leading");
    last.order("resign");
    last.answer("resigned");
    story.expectQuietly(last.awaitEnd() == 0, "its process ends well");
    story.expect(observer.election(ELECTION).leader().isEmpty(), "nobody leads any more");
    story.expect(
        leaders.size() == 3 && seen.isEmpty(), "the observer was told of three leaders, in order");
    return ExitCode.OK;
  }

  /** Leaders that have said who they are; a leader is told before and after it has. */
  private static Optional<Leader> told(Optional<Leader> leader) {
    return leader.filter(known -> known.text().isPresent());
  }

  private static Leader next(BlockingQueue<Leader> seen) throws InterruptedException {
    Leader leader = seen.poll(Stage.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (leader == null) {
      throw new DemoFailedException("somebody leads within " + Stage.PATIENCE.toSeconds() + " s");
    }
    return leader;
  }

  @Override
  public void act(Part part) throws InterruptedException, IOException {
    try (Holdfast client = part.connect()) {
      LeaderElector elector =
          LeaderElector.start(client, ELECTION, part.label(), new Telling(part));
      part.tell("standing");
      boolean resigns = part.order() != null;
      elector.close();
      if (resigns) {
        part.tell("resigned");
      }
    }
  }

  private record Telling(Part part) implements LeadershipListener {
    @Override
    public void onStartedLeading(FencingToken token) {
      part.tell("leading " + token.value());
    }

    @Override
    public void onStoppedLeading() {
      // To resign is answered by whoever ordered it.
    }
  }
}
