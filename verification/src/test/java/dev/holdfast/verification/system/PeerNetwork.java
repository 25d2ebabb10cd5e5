package dev.holdfast.verification.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The network between the nodes of a cluster, made of relays in this process: bytes between two
 * nodes can be held, counted and delayed, each direction by itself.
 *
 * <p>All nodes are configured with the same addresses ({@code n2.peer:PORT}), but each node's JVM
 * has a hosts file of its own, in which such a name is the loopback address of the relay that
 * stands between exactly these two nodes. So a relay knows both ends of what it carries, and no
 * privileges are needed.
 *
 * <p>What is held is what a network that drops packets does to TCP: nothing arrives, no connection
 * ends, and what was sent is delivered after {@link #heal} if its connection still exists. Both
 * directions of a pair are made of the connections that either end opened.
 */
final class PeerNetwork implements AutoCloseable {
  private final Path folder;
  private final List<String> nodes;
  private final Map<String, Integer> ports = new TreeMap<>();
  private final Map<String, Direction> directions = new TreeMap<>();
  private final List<ServerSocket> doors = new ArrayList<>();
  private final List<RelayedConnection> connections = new ArrayList<>();

  /**
   * Opens the relays.
   *
   * @param realPorts where the nodes listen on 127.0.0.1
   * @param folder for the hosts files
   */
  PeerNetwork(Map<String, Integer> realPorts, Path folder) {
    this.folder = folder;
    this.nodes = List.copyOf(realPorts.keySet());
    nodes.forEach(node -> ports.put(node, Ports.next()));
    for (String from : nodes) {
      for (String to : nodes) {
        if (!from.equals(to)) {
          directions.put(key(from, to), new Direction());
        }
      }
    }
    for (String from : nodes) {
      for (String to : nodes) {
        if (!from.equals(to)) {
          open(from, to, realPorts.getOrDefault(to, 0));
        }
      }
      writeHosts(from);
    }
  }

  private static String key(String from, String to) {
    return from + ">" + to;
  }

  /** The relay that stands between them is reached there by {@code from}. */
  private String relayHost(String from, String to) {
    return "127.0.%d.%d".formatted(nodes.indexOf(from) + 1, nodes.indexOf(to) + 1);
  }

  private void open(String from, String to, int realPort) {
    try {
      ServerSocket door = new ServerSocket();
      door.bind(
          new InetSocketAddress(
              InetAddress.getByName(relayHost(from, to)), ports.getOrDefault(to, 0)),
          64);
      doors.add(door);
      Thread.ofVirtual()
          .name("relay-" + key(from, to))
          .start(() -> accept(door, from, to, realPort));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket door, String from, String to, int realPort) {
    while (!door.isClosed()) {
      try {
        Socket near = door.accept();
        RelayedConnection connection = new RelayedConnection(from, to, near);
        synchronized (connections) {
          connections.removeIf(RelayedConnection::isOver);
          connections.add(connection);
        }
        connection.start(direction(from, to), direction(to, from), realPort);
      } catch (IOException e) {
        if (!door.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void writeHosts(String node) {
    StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
    for (String other : nodes) {
      // A node never connects to itself; the name must resolve all the same.
      String host = other.equals(node) ? "127.0.0.1" : relayHost(node, other);
      hosts.append(host).append(' ').append(host(other)).append('\n');
    }
    try {
      Files.createDirectories(folder);
      Files.writeString(hostsFile(node), hosts.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String host(String node) {
    return node + ".peer";
  }

  /** Under which all nodes, by their own hosts file, reach this one. */
  String address(String node) {
    return host(node) + ":" + ports.get(node);
  }

  /** For the property {@code jdk.net.hosts.file} of the node's JVM. */
  Path hostsFile(String node) {
    return folder.resolve("hosts-" + node);
  }

  private Direction direction(String from, String to) {
    Direction direction = directions.get(key(from, to));
    if (direction == null) {
      throw new IllegalArgumentException("no way from " + from + " to " + to);
    }
    return direction;
  }

  /** Nothing arrives in this direction any more; the other one goes on. */
  void cut(String from, String to) {
    allow(from, to, 0);
  }

  /** So many bytes still arrive in this direction, then nothing. */
  void allow(String from, String to, long bytes) {
    direction(from, to).allow(bytes);
  }

  /** Whether all bytes of {@link #allow} have arrived. */
  boolean isUsedUp(String from, String to) {
    return direction(from, to).isUsedUp();
  }

  /** Whatever is sent in this direction from now on is under way for so long. */
  void delay(String from, String to, Duration delay) {
    direction(from, to).delay(delay);
  }

  /** Cuts a node off from all others, in both directions. */
  void isolate(String node) {
    for (String other : nodes) {
      if (!other.equals(node)) {
        cut(node, other);
        cut(other, node);
      }
    }
  }

  /** Everything arrives in this direction, what was held too. */
  void heal(String from, String to) {
    direction(from, to).heal();
  }

  /** Everything arrives everywhere, at once. */
  void healAll() {
    directions.values().forEach(Direction::heal);
  }

  /** Ends all connections of a node, as its death does; what they held never arrives. */
  void forget(String node) {
    synchronized (connections) {
      connections.stream().filter(each -> each.isOf(node)).forEach(RelayedConnection::close);
      connections.removeIf(RelayedConnection::isOver);
    }
  }

  @Override
  public void close() {
    for (ServerSocket door : doors) {
      RelayedConnection.close(door);
    }
    nodes.forEach(this::forget);
  }
}
