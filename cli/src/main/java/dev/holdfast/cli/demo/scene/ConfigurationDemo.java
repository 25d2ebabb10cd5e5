package dev.holdfast.cli.demo.scene;

import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.DemoFailedException;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A configuration that several clients change: each reads it, changes one thing and writes all of
 * it. It is kept with the lock, as its value.
 */
public final class ConfigurationDemo implements Demo {
  private static final String LOCK = "demo/configuration";
  private static final String TOTAL = "changes";
  private static final int CLIENTS = 4;
  private static final int CHANGES = 25;

  /** Not yet playing. */
  public ConfigurationDemo() {}

  @Override
  public String name() {
    return "configuration";
  }

  @Override
  public String title() {
    return "four clients read, change and write one configuration 100 times; no change is lost";
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "who reads, changes and writes under one lock loses nobody's change",
        "a small value can be kept with the lock itself, replicated as the lock is");
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException {
    stage.startNodes();
    Story story = stage.story();
    int all = CLIENTS * CHANGES;
    story.step("Four clients change one configuration, " + CHANGES + " times each");
    Map<String, Holdfast> clients = new LinkedHashMap<>();
    for (int i = 1; i <= CLIENTS; i++) {
      clients.put("admin-" + i, stage.client("admin-" + i, Stage.TTL));
    }
    List<CompletableFuture<Boolean>> running = new ArrayList<>();
    clients.forEach(
        (name, client) -> running.add(Stage.inThread(name, () -> changeAll(name, client))));
    for (CompletableFuture<Boolean> client : running) {
      Stage.await(client, "every client makes its changes");
    }
    story.say(
        "each change: acquire, read, add one to the total and to its own key, write, release");

    story.step("Read it through another client");
    Map<String, Long> configuration = read(stage.client("reader", Stage.TTL));
    configuration.forEach((key, value) -> story.say(key + " = " + value));
    story.expect(
        configuration.getOrDefault(TOTAL, 0L) == all, all + " changes were made, none is lost");
    story.expect(
        clients.keySet().stream().allMatch(name -> configuration.getOrDefault(name, 0L) == CHANGES),
        "each client finds all of its own " + CHANGES);
    return ExitCode.OK;
  }

  private static boolean changeAll(String name, Holdfast client) throws InterruptedException {
    for (int i = 0; i < CHANGES; i++) {
      LockGrant grant = Stage.acquire(client, LOCK);
      Map<String, Long> configuration = read(client);
      configuration.merge(TOTAL, 1L, Long::sum);
      configuration.merge(name, 1L, Long::sum);
      StringBuilder text = new StringBuilder();
      configuration.forEach(
          (key, value) -> text.append(key).append('=').append(value).append('\n'));
      grant.setValue(LOCK, text.toString().getBytes(StandardCharsets.UTF_8));
      grant.release();
    }
    return true;
  }

  private static Map<String, Long> read(Holdfast client) {
    Map<String, Long> configuration = new TreeMap<>();
    LockValue value = client.check(LOCK).value();
    if (value == null) {
      return configuration;
    }
    if (!value.valid()) {
      throw new DemoFailedException("the configuration is whole");
    }
    new String(value.toByteArray(), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split("=", 2))
        .forEach(words -> configuration.put(words[0], Long.parseLong(words[1])));
    return configuration;
  }
}
