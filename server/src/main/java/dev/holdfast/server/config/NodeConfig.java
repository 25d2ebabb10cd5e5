package dev.holdfast.server.config;

import dev.holdfast.replication.PeerAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set. A component named {@code entryBytesMax} is the key {@code
 * entry-bytes-max}; keys of a nested record come after a dot. What may be absent is nullable and is
 * derived from the rest. All keys, with their defaults and what they do, are in
 * docs/configuration.md.
 */
public record NodeConfig(
    String cluster,
    Node node,
    @Nullable String data,
    Client client,
    Peer peer,
    List<NodeEntry> nodes,
    boolean join,
    boolean insecure,
    Raft raft,
    Snapshots snapshots,
    Proposer proposer,
    Limits limits,
    Watches watches,
    Log log,
    @Nullable String history,
    Ownership ownership,
    Metrics metrics,
    Doors doors) {

  /** Which node this is. */
  public record Node(String id) {}

  /** A node of the cluster. */
  public record NodeEntry(String id, PeerAddress peer, @Nullable PeerAddress client) {}

  /** The door of clients. */
  public record Client(
      @Nullable PeerAddress bind,
      @Nullable PeerAddress advertise,
      @Nullable ClientTls tls,
      Duration keepAlive,
      Duration keepAliveTimeout,
      int threads,
      DataSize unreadBytesMax) {}

  /** Certificates of the door of clients. */
  public record ClientTls(String certificate, String key, @Nullable String clientAuthority) {}

  /** The port of the other nodes. */
  public record Peer(
      @Nullable PeerAddress bind, @Nullable PeerAddress advertise, @Nullable PeerTls tls) {}

  /** Certificates between nodes. */
  public record PeerTls(String certificate, String key, String authority) {}

  /** Elections. */
  public record Raft(Duration electionTimeout, Duration electionDelayMax) {}

  /** When to write a snapshot. */
  public record Snapshots(long entries, DataSize bytes, Duration interval) {}

  /** How commands are packed into the log. */
  public record Proposer(
      int flightsMax,
      DataSize entryBytesMax,
      int entryCommandsMax,
      int forwardedWaitingMax,
      Duration resend,
      Duration resendMax) {}

  /** What is let in. */
  public record Limits(
      DataSize frameBytesMax,
      int requestsPerSessionMax,
      int sessionsMax,
      int commandsWaitingMax,
      int queueLengthMax,
      Duration ttlMin,
      Duration ttlMax,
      int readsWaitingMax) {}

  /** What is done for those who watch. */
  public record Watches(int watchersMax, int eventsMax, DataSize bytesMax) {}

  /** How a log line looks. */
  public enum LogFormat {
    /** One line of {@code key=value} pairs. */
    TEXT,
    /** One JSON object a line. */
    JSON
  }

  /** How much is logged. */
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /** What the node writes about itself, to stderr. */
  public record Log(LogFormat format, LogLevel level) {}

  /** The record of who held what. */
  public record Ownership(boolean recorded, DataSize bytesMax, DataSize segmentBytesMax) {}

  /** What is told to those who collect figures. */
  public record Metrics(boolean enabled, @Nullable PeerAddress bind) {}

  /** What holds where nothing is set: a cluster of one node on the loopback interface. */
  public static final NodeConfig DEFAULT =
      new NodeConfig(
          "holdfast",
          new Node("n1"),
          null,
          new Client(
              null,
              null,
              null,
              Duration.ofSeconds(10),
              Duration.ofSeconds(5),
              1,
              new DataSize(4 << 20)),
          new Peer(null, null, null),
          List.of(),
          false,
          false,
          new Raft(Duration.ofMillis(500), Duration.ofMillis(150)),
          new Snapshots(200_000, new DataSize(128 << 20), Duration.ofHours(1)),
          new Proposer(
              2,
              new DataSize(256 << 10),
              8_192,
              50_000,
              Duration.ofSeconds(1),
              Duration.ofSeconds(8)),
          new Limits(
              new DataSize(2 << 20),
              4_096,
              20_000,
              20_000,
              100_000,
              Duration.ofSeconds(1),
              Duration.ofMinutes(10),
              20_000),
          new Watches(10_000, 100_000, new DataSize(32 << 20)),
          new Log(LogFormat.TEXT, LogLevel.INFO),
          null,
          new Ownership(true, new DataSize(64 << 20), new DataSize(4 << 20)),
          new Metrics(false, null),
          Doors.DEFAULT);
}
