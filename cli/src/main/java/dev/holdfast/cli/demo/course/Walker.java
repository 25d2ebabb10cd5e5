package dev.holdfast.cli.demo.course;

import dev.holdfast.cli.demo.DemoFailedException;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import dev.holdfast.client.PreemptResult;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** One client that does random operations. For one thread, besides its counters. */
final class Walker {
  private static final int WRITER = 1_000;

  private final String label;
  private final Holdfast client;
  private final Settings settings;
  private final Random random;
  private final AtomicIntegerArray inside;
  private final Logs logs;
  private final Map<Integer, LockGrant> held = new TreeMap<>();
  private final AtomicInteger granted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger behind = new AtomicInteger();

  /**
   * A client that begins with nothing.
   *
   * @param inside who is inside each lock, as clients themselves count: 1 for a reader, 1,000 for a
   *     writer; shared by all
   */
  Walker(
      String label,
      Holdfast client,
      Settings settings,
      Random random,
      AtomicIntegerArray inside,
      Logs logs) {
    this.label = label;
    this.client = client;
    this.settings = settings;
    this.random = random;
    this.inside = inside;
    this.logs = logs;
  }

  /** Does so many operations, and then lets go of everything. */
  boolean walk(int operations) throws InterruptedException {
    for (int i = 0; i < operations; i++) {
      int key = random.nextInt(settings.keys());
      int dice = random.nextInt(100);
      if (dice < 45) {
        tryLock(key);
      } else if (dice < 80) {
        tryUnlock(key);
      } else {
        ownTheLock(key);
      }
    }
    for (int key : List.copyOf(held.keySet())) {
      tryUnlock(key);
    }
    return true;
  }

  private static String name(int key) {
    return "demo/course/key-" + (key + 1);
  }

  private void tryLock(int key) throws InterruptedException {
    Mode mode =
        settings.kind() == Settings.LockKind.RWLOCK && random.nextBoolean() ? Mode.S : Mode.X;
    PreemptResult result = client.preempt(AcquireRequest.of(name(key), mode).owner(label));
    String what = label + " try_lock(" + (mode == Mode.S ? "read" : "write") + ") " + name(key);
    if (result instanceof PreemptResult.Granted grant) {
      enter(key, mode);
      held.put(key, grant.value());
      granted.incrementAndGet();
      logs.detail(what + " -> true, token " + grant.value().token().value());
    } else if (result instanceof PreemptResult.Refused no) {
      refused.incrementAndGet();
      logs.detail(what + " -> false, " + no.refusal().reason());
    }
  }

  private void tryUnlock(int key) {
    LockGrant grant = held.remove(key);
    if (grant != null) {
      leave(key, grant);
      grant.release();
    }
    logs.detail(label + " try_unlock " + name(key) + " -> " + (grant != null));
  }

  private void ownTheLock(int key) {
    boolean weak = settings.consensus() == Settings.Consensus.WEAK;
    boolean told =
        client
            .cluster()
            .check(name(key), weak ? Consistency.LOCAL : Consistency.LINEARIZABLE, 0)
            .holders()
            .stream()
            .anyMatch(holder -> holder.label().equals(label));
    logs.detail(label + " own_the_lock " + name(key) + " -> " + told);
    if (told != held.containsKey(key)) {
      behind.incrementAndGet();
      if (!weak) {
        throw new DemoFailedException(
            label + " is told the truth about " + name(key) + ", not: " + told);
      }
    }
  }

  private void enter(int key, Mode mode) {
    int now = inside.addAndGet(key, mode == Mode.S ? 1 : WRITER);
    if (now > WRITER || (mode == Mode.S && now >= WRITER)) {
      throw new DemoFailedException(label + " is not inside " + name(key) + " beside a writer");
    }
  }

  private void leave(int key, LockGrant grant) {
    inside.addAndGet(key, grant.demands().get(0).mode() == Mode.S ? -1 : -WRITER);
  }

  int granted() {
    return granted.get();
  }

  int refused() {
    return refused.get();
  }

  /** How often a node knew less than this client. */
  int behind() {
    return behind.get();
  }
}
