package dev.holdfast.client.fake;

import dev.holdfast.client.session.NanoClock;
import dev.holdfast.client.session.SessionMachine;
import dev.holdfast.client.session.Transport;
import dev.holdfast.client.session.WallClock;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.NodeFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time, a cluster, and a network of streams that delay, break and hang. One seed decides
 * everything; nothing happens unless a test turns the clock.
 */
public final class World {
  private static final long MILLI = 1_000_000;

  /** Something that happens at a moment. */
  private record Happening(long atNanos, long serial, Runnable what) {}

  private final PriorityQueue<Happening> happenings =
      new PriorityQueue<>(
          (a, b) ->
              a.atNanos != b.atNanos
                  ? Long.compare(a.atNanos, b.atNanos)
                  : Long.compare(a.serial, b.serial));
  private final Random random;
  private final FakeCluster cluster;
  private final List<Client> clients = new ArrayList<>();
  private final Set<String> down = new HashSet<>();
  private final Set<String> deaf = new HashSet<>();
  private long nowNanos = 1;
  private long serial;
  private long delayMaxNanos = MILLI;
  private double cutChance;

  public World(long seed, String... endpoints) {
    this.random = new Random(seed);
    this.cluster = new FakeCluster(List.of(endpoints));
  }

  public FakeCluster cluster() {
    return cluster;
  }

  public Random random() {
    return random;
  }

  public long nowNanos() {
    return nowNanos;
  }

  /** New attempts to reach this node fail, and its streams break. */
  public void down(String endpoint) {
    down.add(endpoint);
    clients.forEach(client -> client.breakAt(endpoint));
  }

  /** Streams to this node stay open and carry nothing. */
  public void deaf(String endpoint) {
    deaf.add(endpoint);
  }

  public void heal() {
    down.clear();
    deaf.clear();
    cutChance = 0;
    cluster.freeze(false);
    cluster.overload(null);
  }

  public void cutChance(double chance) {
    cutChance = chance;
  }

  public void delayMaxMillis(long millis) {
    delayMaxNanos = millis * MILLI;
  }

  /** Cuts every stream of every client. */
  public void cutAll() {
    clients.forEach(Client::cutAll);
  }

  public Client newClient() {
    Client client = new Client();
    clients.add(client);
    return client;
  }

  /** Turns the clock, and lets happen what happens. */
  public void run(long millis) {
    long endNanos = nowNanos + millis * MILLI;
    int turns = 0;
    while (true) {
      long nextNanos = endNanos;
      Happening next = happenings.peek();
      if (next != null) {
        nextNanos = Math.min(nextNanos, next.atNanos);
      }
      for (Client client : clients) {
        nextNanos = Math.min(nextNanos, client.nextWakeNanos());
      }
      turns = nextNanos > nowNanos ? 0 : turns + 1;
      if (turns > 10_000) {
        throw new AssertionError("somebody wants a turn again and again without time passing");
      }
      nowNanos = Math.max(nowNanos, nextNanos);
      cluster.advanceTo(1_000_000 + nowNanos / MILLI);
      while (!happenings.isEmpty() && happenings.peek().atNanos <= nowNanos) {
        happenings.poll().what.run();
      }
      clients.forEach(Client::advance);
      boolean idle = happenings.isEmpty() || happenings.peek().atNanos > endNanos;
      boolean nobodyWakes = clients.stream().allMatch(client -> client.nextWakeNanos() > endNanos);
      if (nowNanos >= endNanos && idle && nobodyWakes) {
        return;
      }
    }
  }

  private void later(long atNanos, Runnable what) {
    happenings.add(new Happening(atNanos, serial++, what));
  }

  private long delay() {
    return 1 + (long) (random.nextDouble() * delayMaxNanos);
  }

  /** A machine's surroundings: its clocks and its streams. */
  public final class Client implements Transport {
    private final Map<Integer, Line> lines = new HashMap<>();
    private @Nullable SessionMachine machine;
    private long wallOffsetMillis;
    private boolean asleep;
    public final List<ClientFrame> sent = new ArrayList<>();

    public NanoClock clock() {
      return () -> nowNanos;
    }

    public WallClock wall() {
      return () -> 1_700_000_000_000L + nowNanos / MILLI + wallOffsetMillis;
    }

    public void jumpWallClock(long millis) {
      wallOffsetMillis += millis;
    }

    public void drive(SessionMachine driven) {
      machine = driven;
      driven.advance();
    }

    /** The machine gets no turn, however late it is. */
    public void pause(boolean paused) {
      asleep = paused;
    }

    public void cutAll() {
      new ArrayList<>(lines.values()).forEach(line -> line.cut("connection reset"));
    }

    void breakAt(String endpoint) {
      new ArrayList<>(lines.values())
          .stream()
              .filter(line -> line.endpoint.equals(endpoint))
              .forEach(line -> line.cut("node gone"));
    }

    long nextWakeNanos() {
      return machine == null || asleep ? Long.MAX_VALUE : machine.nextWakeNanos();
    }

    void advance() {
      if (machine != null && !asleep) {
        machine.advance();
      }
    }

    public int openLines() {
      return lines.size();
    }

    @Override
    public void open(int stream, String endpoint) {
      Line line = new Line(stream, endpoint);
      lines.put(stream, line);
      if (down.contains(endpoint)) {
        later(nowNanos + delay(), () -> line.closed("connection refused"));
      }
    }

    @Override
    public void send(int stream, ClientFrame frame) {
      sent.add(frame);
      Line line = lines.get(stream);
      if (line != null) {
        line.send(frame);
      }
    }

    @Override
    public void drop(int stream) {
      Line line = lines.remove(stream);
      if (line != null) {
        line.broken = true;
      }
    }

    /** One stream: in order, with delays, until it breaks. */
    private final class Line {
      final int stream;
      final String endpoint;
      boolean broken;
      private long lastThereNanos;
      private long lastBackNanos;
      private FakeCluster.@Nullable NodeStream node;

      Line(int stream, String endpoint) {
        this.stream = stream;
        this.endpoint = endpoint;
      }

      void send(ClientFrame frame) {
        if (broken || deaf.contains(endpoint) || down.contains(endpoint)) {
          return;
        }
        if (random.nextDouble() < cutChance) {
          // The frame may be the last one that arrives, or the first that does not.
          if (random.nextBoolean()) {
            arrive(frame);
          }
          cut("connection reset while sending");
          return;
        }
        arrive(frame);
      }

      private void arrive(ClientFrame frame) {
        lastThereNanos = Math.max(lastThereNanos, nowNanos + delay());
        // Under way: it arrives even if the line breaks behind it.
        later(
            lastThereNanos,
            () -> {
              if (node == null) {
                node = cluster.connect(endpoint, this::back);
              }
              node.accept(frame);
            });
      }

      private void back(NodeFrame frame) {
        if (broken || deaf.contains(endpoint) || down.contains(endpoint)) {
          return;
        }
        if (random.nextDouble() < cutChance) {
          cut("connection reset while receiving");
          return;
        }
        lastBackNanos = Math.max(lastBackNanos, nowNanos + delay());
        later(lastBackNanos, () -> deliver(frame));
      }

      private void deliver(NodeFrame frame) {
        if (asleep) {
          lastBackNanos = Math.max(lastBackNanos, nowNanos + MILLI);
          later(lastBackNanos, () -> deliver(frame));
        } else if (!broken && machine != null) {
          machine.frameArrived(stream, frame);
        }
      }

      void cut(String why) {
        if (!broken) {
          broken = true;
          later(nowNanos + delay(), () -> closed(why));
        }
      }

      void closed(String why) {
        broken = true;
        if (lines.remove(stream) != null && machine != null) {
          machine.streamClosed(stream, why);
        }
      }
    }
  }
}
