package dev.holdfast.verification.simulation;

import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.server.node.ClientConnection;
import dev.holdfast.server.node.SessionStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A stream between a client and a node: frames arrive in order until it breaks, at whatever frame,
 * and either end notices that by itself, sooner or later. While the link is cut nothing arrives.
 */
final class ClientStream implements ClientConnection {
  /** Frames that the door reads ahead of the node, as the real one does. */
  private static final int FRAMES_AHEAD = 16;

  private static final long NOTICE_NANOS_MAX = 2 * Scheduler.SECOND;
  private static final long RETRANSMIT_NANOS = 50 * Scheduler.MILLI;

  private final Universe universe;
  private final SimulatedClient client;
  private final SimulatedNode node;
  final int number;
  private final int clientLife;
  private final int nodeLife;
  private final SessionStream stream = new SessionStream(this);
  private final Deque<ClientFrame> unread = new ArrayDeque<>();
  private int reads = FRAMES_AHEAD;
  private final Pipe toNode = new Pipe();
  private final Pipe toClient = new Pipe();
  private boolean broken;
  private boolean toldClient;
  private boolean ended;

  ClientStream(Universe universe, SimulatedClient client, SimulatedNode node, int number) {
    this.universe = universe;
    this.client = client;
    this.node = node;
    this.number = number;
    this.clientLife = client.life();
    this.nodeLife = node.life();
  }

  SimulatedClient client() {
    return client;
  }

  boolean isBroken() {
    return broken;
  }

  /** One direction: in order, and nothing while the link is cut. */
  private final class Pipe {
    private record Frame(long arrivesNanos, Runnable arrival) {}

    private final Deque<Frame> underWay = new ArrayDeque<>();
    private long lastNanos;

    void send(Runnable arrival) {
      long delayNanos = universe.faults.messageDelay(universe.dice) + client.distanceNanos();
      lastNanos = Math.max(lastNanos + 1, universe.scheduler.nowNanos() + delayNanos);
      underWay.add(new Frame(lastNanos, arrival));
      if (underWay.size() == 1) {
        await(underWay.getFirst().arrivesNanos());
      }
    }

    private void await(long atNanos) {
      universe.scheduler.after(atNanos - universe.scheduler.nowNanos(), this::deliver);
    }

    private void deliver() {
      if (broken || clientLife != client.life() || nodeLife != node.life()) {
        return;
      }
      if (universe.isCutOff(client, node)) {
        await(universe.scheduler.nowNanos() + RETRANSMIT_NANOS);
        return;
      }
      underWay.removeFirst().arrival().run();
      if (!underWay.isEmpty()) {
        await(underWay.getFirst().arrivesNanos());
      }
    }
  }

  // From the client

  void open() {
    if (node.isAlive()) {
      node.opened(this);
    } else {
      breakOff("connection refused");
    }
  }

  void fromClient(ClientFrame frame) {
    toNode.send(
        () -> {
          unread.add(frame);
          pump();
        });
  }

  private void pump() {
    while (reads > 0 && !unread.isEmpty()) {
      reads--;
      ClientFrame frame = unread.removeFirst();
      node.onOtherThread(() -> node.onCore(core -> core.onFrame(stream, frame)));
    }
  }

  // From the node

  @Override
  public void send(NodeFrame frame) {
    toClient.send(() -> client.onOtherThread(() -> client.frameArrived(number, frame)));
  }

  @Override
  public void readOneMore() {
    reads++;
    // The door's own thread goes on with what it has.
    universe.scheduler.after(0, this::pumpIfOpen);
  }

  private void pumpIfOpen() {
    if (!broken && nodeLife == node.life()) {
      pump();
    }
  }

  @Override
  public void end() {
    if (ended) {
      return;
    }
    ended = true;
    toClient.send(() -> breakOff("ended by the node"));
  }

  @Override
  public void endSuperseded(String detail) {
    end();
  }

  // Ends

  void nodeDied() {
    breakOff("connection reset");
  }

  /** The connection is gone; both ends hear of it, the one sooner, the other later. */
  void breakOff(String why) {
    if (broken) {
      return;
    }
    broken = true;
    universe.trace.tell(client.name, "stream breaks to " + node.name, number);
    node.closed(this);
    long nodeNoticesNanos = universe.dice.around(NOTICE_NANOS_MAX / 10);
    universe.scheduler.after(
        nodeNoticesNanos,
        () -> {
          if (nodeLife == node.life()) {
            node.onOtherThread(() -> node.onCore(core -> core.onDisconnected(stream)));
          }
        });
    long clientNoticesNanos = universe.dice.around(NOTICE_NANOS_MAX / 20);
    universe.scheduler.after(clientNoticesNanos, () -> tellClient(why));
  }

  private void tellClient(String why) {
    if (!toldClient && clientLife == client.life()) {
      toldClient = true;
      client.onOtherThread(() -> client.streamClosed(number, why));
    }
  }

  /** The client wants no more of it. */
  void drop() {
    toldClient = true;
    breakOff("dropped by the client");
  }
}
