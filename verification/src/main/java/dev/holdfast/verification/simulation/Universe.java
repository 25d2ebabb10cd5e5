package dev.holdfast.verification.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * Nodes, clients, their network, disks and clocks, and everything that happens to them, from one
 * seed: the same seed gives the same events, to the nanosecond.
 *
 * <p>It has three ages. In the first, things go wrong as often as the seed says. Then a majority is
 * mended (the rest may stay dead), nobody asks for anything new, and everybody must get what he
 * waits for in bounded time. In the last the clients leave, and nothing may be left behind.
 */
final class Universe {
  private static final String[] NAMES = {"a", "a/x", "a/x/1", "b", "b/y", "c"};

  final Scheduler scheduler = new Scheduler();
  final Dice dice;
  final Trace trace;
  final Truth truth;
  final LedTime ledTime;
  final List<SimulatedNode> nodes = new ArrayList<>();
  final List<SimulatedClient> clients = new ArrayList<>();
  final Network network;
  final ClientLinks clientLinks;
  final Watching watching;
  final DoorClients doorClients;
  final FileWork fileWork;
  final Recording recording;
  Faults faults;
  private final FaultInjector injector;
  private int clientsMade;
  private boolean busy = true;
  private boolean calm;

  /**
   * A universe in which nothing has happened.
   *
   * @param linesMax lines of the trace to keep
   */
  Universe(long seed, int linesMax) {
    dice = new Dice(seed);
    trace = new Trace(scheduler, linesMax);
    faults = Faults.draw(dice.split());
    trace.tell("all", "seed", seed, () -> faults.toString());
    truth = new Truth(this, dice.chance(0.5));
    ledTime = new LedTime(this);
    network = new Network(this, faults.nodes());
    clientLinks = new ClientLinks(this);
    watching = new Watching(this, seed);
    doorClients = new DoorClients(this, seed);
    fileWork = new FileWork(truth.grants(), seed);
    recording = new Recording(scheduler, seed);
    for (int i = 0; i < faults.nodes(); i++) {
      nodes.add(new SimulatedNode(this, i, faults.newClock(scheduler, dice)));
    }
    injector = new FaultInjector(this);
  }

  void run() {
    nodes.forEach(SimulatedNode::start);
    for (int i = 0; i < faults.clients(); i++) {
      newClient();
    }
    watching.begin();
    doorClients.begin();
    injector.begin();
    watchEvery100Millis();
    scheduler.runFor(faults.chaosNanos());
    injector.end();
    new Aftermath(this).run();
    recording.requireRight(nodes);
  }

  private void watchEvery100Millis() {
    clients.forEach(SimulatedClient::watch);
    scheduler.after(100 * Scheduler.MILLI, this::watchEvery100Millis);
  }

  SimulatedClient newClient() {
    SimulatedClient client =
        new SimulatedClient(this, ++clientsMade, faults.newClock(scheduler, dice));
    clients.add(client);
    client.start();
    return client;
  }

  /** Whether programs still want new locks. */
  boolean isBusy() {
    return busy;
  }

  /** From now on nobody asks for anything new, and all that can be mended is. */
  void heal() {
    busy = false;
    faults = faults.healed();
    network.mendAll();
    clientLinks.mendAll();
  }

  /** From now on nothing goes wrong any more, and whatever did has been got over. */
  void calm(boolean isCalm) {
    calm = isCalm;
  }

  boolean isCalm() {
    return calm;
  }

  /** A name that somebody else may lock too, drawn by whoever wants to know it. */
  String anyName(Dice drawn) {
    return NAMES[drawn.below(faults.locks())];
  }

  String lockName() {
    return NAMES[dice.below(faults.locks())];
  }

  void opened(ClientStream stream) {
    clientLinks.opened(stream);
  }

  boolean isCutOff(SimulatedClient client, SimulatedNode node) {
    return clientLinks.isCut(client, node);
  }

  /** A program asks any node a question that must be answered with the truth. */
  void read(SimulatedClient client) {
    read(client, dice.pick(nodes), dice, () -> {});
  }

  /**
   * The same, at one node.
   *
   * @param way dice for how long the question is under way
   * @param look what is done when the node may answer
   */
  void read(SimulatedClient client, SimulatedNode node, Dice way, Runnable look) {
    long revisionBefore = truth.revisionAcknowledged();
    long seen = client.machine.revisionSeen();
    scheduler.after(
        faults.messageDelay(way),
        () ->
            node.onOtherThread(
                () ->
                    node.onCore(
                        core ->
                            core.read(
                                seen,
                                permit -> {
                                  trace.tell(node.name, "read " + permit, revisionBefore);
                                  switch (permit) {
                                    case ALLOWED -> {
                                      truth.onLinearizableRead(node, revisionBefore);
                                      look.run();
                                    }
                                    case BEHIND, NO_LEADER, OVERLOADED -> {}
                                  }
                                }))));
  }
}
