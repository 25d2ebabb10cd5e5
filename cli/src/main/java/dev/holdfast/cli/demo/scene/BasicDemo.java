package dev.holdfast.cli.demo.scene;

import dev.holdfast.cli.demo.Demo;
import dev.holdfast.cli.demo.DemoFailedException;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.demo.Story;
import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import dev.holdfast.client.PreemptResult;
import dev.holdfast.client.RefusalReason;
import dev.holdfast.fencing.InMemoryFencingGate;
import dev.holdfast.fencing.StaleTokenException;
import java.util.ArrayList;
import java.util.List;

/** Acquire, take the token, write with it, release: what every use of a lock is made of. */
public final class BasicDemo implements Demo {
  private static final String ORDERS = "demo/basic/orders";
  private static final String STOCK = "demo/basic/stock";

  private final InMemoryFencingGate gate = new InMemoryFencingGate();
  private final List<String> written = new ArrayList<>();

  /** Not yet playing. */
  public BasicDemo() {}

  @Override
  public String name() {
    return "basic";
  }

  @Override
  public String title() {
    return "acquire, get a token, write under the token, release";
  }

  @Override
  public List<String> lessons() {
    return List.of(
        "one client at a time holds a lock, and whoever is refused is told who is in the way",
        "each grant has a larger fencing token than the one before",
        "locks of other names are free");
  }

  @Override
  public ExitCode play(Stage stage) throws InterruptedException {
    Story story = stage.story();
    stage.startNodes();
    Holdfast alice = stage.client("alice", Stage.TTL);
    Holdfast bob = stage.client("bob", Stage.TTL);

    story.step("alice acquires the lock '" + ORDERS + "'");
    LockGrant first = Stage.acquire(alice, ORDERS);
    long token = first.token().value();
    story.expect(first.isHeld(), "granted, with fencing token " + token);

    story.step("She writes the resource, under that token");
    write(story, "alice", token);

    story.step("bob wants the same lock meanwhile, and another one");
    story.expect(
        bob.preempt(AcquireRequest.of(ORDERS, Mode.X)) instanceof PreemptResult.Refused refused
            && refused.refusal().reason() == RefusalReason.HELD_BY_ANOTHER
            && refused.refusal().toString().contains("alice"),
        "he is refused at once: HELD_BY_ANOTHER, by alice");
    LockGrant other = Stage.acquire(bob, STOCK);
    story.expect(other.isHeld(), "'" + STOCK + "' is another lock, and he gets it");
    other.release();

    story.step("alice releases, bob acquires");
    first.release();
    story.expect(!first.isHeld(), "alice does not hold it any more");
    LockGrant second = Stage.acquire(bob, ORDERS);
    long next = second.token().value();
    story.expect(next > token, "bob holds it, with the larger token " + next);
    write(story, "bob", next);
    second.release();
    story.expect(alice.check(ORDERS).isFree(), "in the end the lock is free");
    story.expect(written.equals(List.of("alice", "bob")), "both have written, one after the other");
    return ExitCode.OK;
  }

  private void write(Story story, String who, long token) throws InterruptedException {
    try {
      gate.<Boolean, RuntimeException>write(ORDERS, token, () -> written.add(who));
    } catch (StaleTokenException e) {
      throw new DemoFailedException("the resource accepts " + who + ": " + e.getMessage());
    }
    story.expect(
        gate.highestToken(ORDERS).orElse(0) == token,
        "written by " + who + "; the resource remembers token " + token + " as the highest");
  }
}
