package dev.holdfast.server.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.LockEvent;
import dev.holdfast.protocol.v1.WatchFrame;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.protocol.v1.WatchStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three nodes that apply one log, each at its own pace, are restarted and load snapshots; watchers
 * that read fast, slowly or not at all, and go on elsewhere: each is told the log's events, or that
 * it has to look. One seed is run by {@code -Dholdfast.seed=N}.
 */
class WatchDeskSimulationTest {
  private static final int SEEDS = 1_000;

  static LongStream seeds() {
    Long one = Long.getLong("holdfast.seed");
    return one == null
        ? LongStream.range(0, Integer.getInteger("holdfast.seeds", SEEDS))
        : LongStream.of(one);
  }

  private record Entry(List<Event> events, long revision) {}

  /** A node: its desk, and how much of the log it has applied. */
  private static final class Node {
    WatchDesk desk;
    int applied;

    Node(WatchDesk desk) {
      this.desk = desk;
    }
  }

  /** A client that watches, and checks what it is told against the log. */
  private static final class Client {
    private final World world;
    final WatchTarget target;
    FakeWatcher watcher = new FakeWatcher();
    Node node;
    long complete = -1;
    long partRevision;
    int partCount;
    private int repeated;
    int resyncs;

    Client(World world, Node node, WatchTarget target) {
      this.world = world;
      this.node = node;
      this.target = target;
    }

    void connect(Node to) {
      node = to;
      watcher = new FakeWatcher();
      repeated = partRevision > complete ? partCount : 0;
      WatchRequest.Builder request = WatchRequest.newBuilder().setFromRevision(complete + 1);
      request = target.below() ? request.setPrefix(target.name()) : request.setLock(target.name());
      assertThat(to.desk.take(watcher.stream, request.build())).isNull();
      // The leader's word: the node has what the client has seen.
      world.applyUpTo(to, Math.max(to.applied, world.indexOf(complete)));
      to.desk.begin(watcher.stream, WatchStarted.getDefaultInstance(), 0);
    }

    void read() {
      for (WatchFrame frame : watcher.frames) {
        switch (frame.getKindCase()) {
          case STARTED -> {
            if (complete < 0) {
              complete = frame.getStarted().getRevision();
            }
          }
          case EVENTS -> {
            frame.getEvents().getEventsList().forEach(this::onEvent);
            moveTo(frame.getEvents().getCompleteRevision());
          }
          case PROGRESS -> moveTo(frame.getProgress().getRevision());
          case RESYNC -> {
            resyncs++;
            complete = frame.getResync().getRevision();
            partCount = 0;
            partRevision = 0;
            repeated = 0;
          }
          case MOVE, REFUSED, KIND_NOT_SET -> throw new AssertionError(frame.toString());
        }
      }
      watcher.frames.clear();
    }

    private void onEvent(LockEvent event) {
      if (repeated > 0) {
        repeated--;
        return;
      }
      if (event.getRevision() != partRevision) {
        requireAllTold(event.getRevision() - 1);
        partRevision = event.getRevision();
        partCount = 0;
      }
      List<LockEvent> expected = world.watched(target, partRevision, partRevision);
      assertThat(partCount).isLessThan(expected.size());
      // Not compared by a matcher: a thousand failures with values in them fill the memory.
      assertThat(event.equals(expected.get(partCount))).as("event of %s", partRevision).isTrue();
      partCount++;
    }

    /** Everything after what was complete, up to this revision, is what was told last. */
    private void requireAllTold(long revision) {
      List<LockEvent> expected = world.watched(target, complete + 1, revision);
      int told = partRevision > complete && partRevision <= revision ? partCount : 0;
      assertThat(expected.size()).as("events up to %s", revision).isEqualTo(told);
      complete = Math.max(complete, revision);
    }

    private void moveTo(long revision) {
      assertThat(revision).isGreaterThanOrEqualTo(complete);
      requireAllTold(revision);
    }
  }

  /** The log, and all that there is. */
  private static final class World {
    final SplittableRandom random;
    final List<Entry> log = new ArrayList<>();
    final List<Node> nodes = new ArrayList<>();
    final List<Client> clients = new ArrayList<>();
    final WatchLimits limits;

    /** Whether nodes live on, and have room for everything. */
    final boolean calm;

    World(long seed, boolean calm) {
      this.calm = calm;
      random = new SplittableRandom(seed);
      limits =
          calm
              ? new WatchLimits(100, 1 << 20, 1 << 30)
              : new WatchLimits(100, random.nextInt(1, 300), random.nextInt(1_000, 1_000_000));
      for (int i = 0; i < 3; i++) {
        nodes.add(new Node(new WatchDesk(limits)));
      }
    }

    long revision() {
      return log.isEmpty() ? 0 : log.getLast().revision();
    }

    void append() {
      long revision = revision();
      List<Event> events = new ArrayList<>();
      for (int steps = random.nextInt(4); steps > 0; steps--) {
        revision++;
        boolean large = random.nextInt(20) == 0;
        int count = large ? random.nextInt(60) : random.nextInt(3);
        String name = TestEvents.name(random);
        boolean values = random.nextBoolean();
        for (int i = 0; i < count; i++) {
          events.add(
              large && values
                  ? TestEvents.valued(revision, name, 4_096)
                  : TestEvents.any(random, revision));
        }
      }
      log.add(new Entry(events, revision));
    }

    /** How much of the log one must have applied to be at a revision. */
    int indexOf(long revision) {
      int index = 0;
      while (index < log.size() && (index == 0 ? 0 : log.get(index - 1).revision()) < revision) {
        index++;
      }
      return index;
    }

    void applyUpTo(Node node, int index) {
      while (node.applied < index) {
        Entry entry = log.get(node.applied++);
        node.desk.onApplied(entry.events(), entry.revision(), node.applied);
      }
    }

    List<LockEvent> watched(WatchTarget target, long from, long to) {
      List<LockEvent> all = new ArrayList<>();
      for (int i = 0; i < log.size(); i++) {
        for (Event event : log.get(i).events()) {
          if (event.revision() >= from
              && event.revision() <= to
              && EventContents.anyLock(event, target::covers)) {
            all.add(EventContents.message(event, i + 1));
          }
        }
      }
      return all;
    }

    Node anyNode() {
      return nodes.get(random.nextInt(nodes.size()));
    }

    void step() {
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> append();
        case 3, 4 -> {
          Node node = anyNode();
          applyUpTo(node, random.nextInt(node.applied, log.size() + 1));
        }
        case 5 -> {
          if (!clients.isEmpty()) {
            Client client = clients.get(random.nextInt(clients.size()));
            client.watcher.read(client.node.desk, random.nextInt(4));
          }
        }
        case 6 -> {
          if (!clients.isEmpty()) {
            Client client = clients.get(random.nextInt(clients.size()));
            client.read();
            client.node.desk.onGone(client.watcher.stream);
            client.connect(anyNode());
          }
        }
        case 7 -> {
          if (clients.size() < 5) {
            boolean below = random.nextBoolean();
            String name = below && random.nextBoolean() ? "" : TestEvents.name(random);
            Client client = new Client(this, anyNode(), new WatchTarget(name, below));
            clients.add(client);
            client.connect(client.node);
          }
        }
        case 8 -> {
          if (!calm && random.nextInt(6) == 0) {
            disturb(anyNode());
          }
        }
        default -> anyNode().desk.flush(random.nextLong(0, 10) * WatchDesk.PROGRESS_NANOS);
      }
      clients.forEach(Client::read);
    }

    private void disturb(Node node) {
      boolean restart = random.nextBoolean();
      int to = random.nextInt(restart ? 0 : node.applied, log.size() + 1);
      if (restart) {
        node.desk = new WatchDesk(limits);
      }
      node.applied = to;
      node.desk.onRestored(to == 0 ? 0 : log.get(to - 1).revision());
      if (restart) {
        clients.stream().filter(client -> client.node == node).forEach(this::goOn);
      }
    }

    private void goOn(Client client) {
      client.read();
      client.connect(anyNode());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everybody_is_told_the_events_of_the_log_or_to_look(long seed) {
    World world = run(seed, false);
    for (Client client : world.clients) {
      assertThat(client.complete).isEqualTo(world.revision());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void nobody_is_told_to_look_who_need_not(long seed) {
    World world = run(seed, true);
    for (Client client : world.clients) {
      assertThat(client.complete).isEqualTo(world.revision());
      assertThat(client.resyncs).isZero();
    }
  }

  private static World run(long seed, boolean calm) {
    World world = new World(seed, calm);
    for (int i = 0; i < 400; i++) {
      world.step();
    }
    for (Node node : world.nodes) {
      world.applyUpTo(node, world.log.size());
    }
    for (Client client : world.clients) {
      client.watcher.read(client.node.desk, Integer.MAX_VALUE);
    }
    for (Node node : world.nodes) {
      for (int turns = 0; turns < 100 && node.desk.nanosUntilDue(0) == 0; turns++) {
        node.desk.flush(0);
      }
      node.desk.flush(100 * WatchDesk.PROGRESS_NANOS);
    }
    world.clients.forEach(Client::read);
    return world;
  }
}
