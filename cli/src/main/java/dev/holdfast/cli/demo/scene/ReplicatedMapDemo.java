package dev.holdfast.cli.demo.scene;

import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.local.LocalNode;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.PreemptResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Locks as a map from names to owners, replicated to every node: {@code preempt} puts, {@code
 * release} removes, {@code check} looks.
 */
public final class ReplicatedMapDemo implements Demo {
  private static final String NONE = "None";

  /** Not yet playing. */
  public ReplicatedMapDemo() {}

  @Override
  public String name() {
    return "replicated-map";
  }

  @Override
  public String title() {
    return "preempt, check and release at a leader and its followers: one map for all of them";
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "every node answers, and all of them answer alike",
        "a held name is refused at once, wherever it is asked for",
        "only its owner releases it");
  }

  /** A client and the node to which it talks. */
  private record User(String label, LocalNode node, Holdfast client) {
    String id() {
      return client.clientId().toString();
    }
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException {
    String leaderId = stage.startNodes();
    Story story = stage.story();
    story.step("A client at each node");
    List<User> users = new ArrayList<>();
    for (LocalNode node : stage.cluster().nodes()) {
      String role = node.id().equals(leaderId) ? "leader" : "follower";
      String label = "client of " + role + " " + node.id();
      Holdfast client = stage.client(label, Stage.TTL, stage.cluster().endpointsFrom(node));
      users.add(new User(label, node, client));
      story.say(label + "  id " + client.clientId());
    }
    story.expect(
        users.stream()
            .allMatch(user -> user.client.session().node().orElse("").equals(user.node.id())),
        "each talks to its own node");
    User leader =
        users.stream().filter(u -> u.node.id().equals(leaderId)).findFirst().orElseThrow();
    List<User> followers = users.stream().filter(user -> !user.node.id().equals(leaderId)).toList();

    story.step("Scenario 1: each of them preempts, checks, releases and checks");
    for (User user : users) {
      everybodyForThemselves(story, user);
    }
    contend(story, 2, followers.get(0), List.of(leader, followers.get(1)));
    contend(story, 3, leader, followers);
    return ExitCode.OK;
  }

  private static void everybodyForThemselves(Story story, User user) throws InterruptedException {
    String lock = "demo/map/" + user.node.id();
    List<String> lines = new ArrayList<>();
    lines.add(preempt(user, lock));
    lines.add(check(user, lock));
    lines.add(release(user, lock));
    lines.add(check(user, lock));
    tell(story, user.label, lines, List.of("True", user.id(), "True", NONE));
  }

  private static void contend(Story story, int number, User holder, List<User> others)
      throws InterruptedException {
    String lock = "demo/map/scenario-" + number;
    story.step(
        "Scenario " + number + ": the " + holder.label + " holds a lock that the others want");
    List<String> lines = new ArrayList<>();
    lines.add(preempt(holder, lock));
    User second = others.get(0);
    User third = others.get(1);
    PreemptResult refused = second.client.preempt(lock);
    lines.add(refused.isGranted() ? "True" : "False");
    lines.add(release(third, lock));
    lines.add(check(third, lock));
    lines.add(release(holder, lock));
    lines.add(check(second, lock));
    tell(
        story,
        "preempt, preempt by another, release by a third, check, release, check",
        lines,
        List.of("True", "False", "False (not the owner)", holder.id(), "True", NONE));
    story.expect(
        refused instanceof PreemptResult.Refused why
            && why.refusal().toString().contains(holder.label),
        "the " + second.label + " was told who holds it");
  }

  private static void tell(Story story, String who, List<String> lines, List<String> wanted) {
    story.expect(
        lines.equals(wanted), who + ": " + lines.stream().collect(Collectors.joining(", ")));
  }

  private static String preempt(User user, String lock) throws InterruptedException {
    return user.client.preempt(lock).isGranted() ? "True" : "False";
  }

  private static String release(User user, String lock) {
    return user.client.release(lock) ? "True" : "False (not the owner)";
  }

  private static String check(User user, String lock) {
    Optional<LockHolder> holder = user.client.check(lock).holders().stream().findFirst();
    return holder.map(LockHolder::clientId).orElse(NONE);
  }
}
