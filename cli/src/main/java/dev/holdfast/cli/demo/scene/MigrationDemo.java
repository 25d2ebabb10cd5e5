package dev.holdfast.cli.demo.scene;

import dev.holdfast.cli.demo.Actor;
import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.Part;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Ten processes of one service are started at once; the schema is to be migrated by one of them.
 */
public final class MigrationDemo implements Demo {
  private static final String LOCK = "demo/migration";
  private static final String DONE = "version 2";
  private static final int PROCESSES = 10;

  /** Not yet playing. */
  public MigrationDemo() {}

  @Override
  public String name() {
    return "migration";
  }

  @Override
  public String title() {
    return "ten processes start at once, one migrates the schema, nine skip";
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "one process migrates; those that come later find it done and skip",
        "look again under the lock: whoever waited for it was overtaken by somebody");
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException, IOException {
    stage.startNodes();
    Story story = stage.story();
    Path schema = schema(stage.folder());
    Files.writeString(schema, "version 1\n");

    story.step("Start " + PROCESSES + " processes, and let them go at once when all are there");
    List<Actor> processes = new ArrayList<>();
    for (int i = 1; i <= PROCESSES; i++) {
      processes.add(stage.actor("service-" + i, Stage.TTL));
    }
    for (Actor process : processes) {
      process.answer("ready");
    }
    story.say(PROCESSES + " processes are connected to the cluster, the schema is at version 1");
    processes.forEach(process -> process.order("go"));
    List<String> migrated = new ArrayList<>();
    int skipped = 0;
    for (Actor process : processes) {
      String answer = process.answer();
      if (answer.startsWith("migrated")) {
        migrated.add(process.label() + " " + answer);
      } else if (answer.equals("skipped")) {
        skipped++;
      }
    }
    for (Actor process : processes) {
      story.expectQuietly(process.awaitEnd() == 0, process.label() + " ends well");
    }
    story.expect(migrated.size() == 1, "one of them migrated: " + String.join(", ", migrated));
    story.expect(skipped == PROCESSES - 1, skipped + " skipped");

    story.step("Look at the schema");
    story.expect(
        Files.readAllLines(schema).equals(List.of("version 1", DONE)),
        "it was migrated exactly once");
    return ExitCode.OK;
  }

  private static Path schema(Path folder) {
    return folder.resolve("schema.txt");
  }

  @Override
  public void act(Part part) throws InterruptedException, IOException {
    Path schema = schema(part.folder());
    try (Holdfast client = part.connect()) {
      Stage.acquire(client, LOCK + "/warm-up-" + part.label()).release();
      part.tell("ready");
      if (part.order() == null) {
        return;
      }
      LockGrant grant = Stage.acquire(client, LOCK);
      boolean migrates = !Files.readAllLines(schema).contains(DONE);
      if (migrates) {
        Files.writeString(schema, DONE + "\n", StandardOpenOption.APPEND);
      }
      grant.release();
      part.tell(migrates ? "migrated under token " + grant.token().value() : "skipped");
    }
  }
}
