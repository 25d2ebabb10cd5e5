package dev.holdfast.verification.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The links between clients and nodes: which are cut, and which streams run over them. */
final class ClientLinks {
  private record Link(int client, int node) {}

  private final Universe universe;
  private final Set<Link> cut = new HashSet<>();
  private final List<ClientStream> streams = new ArrayList<>();

  ClientLinks(Universe universe) {
    this.universe = universe;
  }

  void opened(ClientStream stream) {
    streams.removeIf(ClientStream::isBroken);
    streams.add(stream);
  }

  boolean isCut(SimulatedClient client, SimulatedNode node) {
    return cut.contains(new Link(client.number, node.index));
  }

  void cut(SimulatedClient client, SimulatedNode node, long forNanos) {
    Link link = new Link(client.number, node.index);
    if (cut.add(link)) {
      universe.trace.tell(client.name, "cut from " + node.name, forNanos);
      universe.scheduler.after(forNanos, () -> cut.remove(link));
    }
  }

  void mendAll() {
    cut.clear();
  }

  /** Breaks a stream, whichever. */
  void breakAny() {
    streams.removeIf(ClientStream::isBroken);
    if (!streams.isEmpty()) {
      universe.dice.pick(streams).breakOff("connection reset by the network");
    }
  }
}
