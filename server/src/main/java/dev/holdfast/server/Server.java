package dev.holdfast.server;

import dev.holdfast.history.chain.ChainSettings;
import dev.holdfast.history.chain.DamagedChainException;
import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.NodeIdInUseException;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.replication.ReplicatedLogFactory;
import dev.holdfast.server.config.NodeLimits;
import dev.holdfast.server.config.ResolvedConfig;
import dev.holdfast.server.door.ConfiguredDoor;
import dev.holdfast.server.door.Door;
import dev.holdfast.server.door.NodeFacts;
import dev.holdfast.server.door.grpc.GrpcDoor;
import dev.holdfast.server.files.FileCopies;
import dev.holdfast.server.host.NodeHost;
import dev.holdfast.server.host.NodeMeter;
import dev.holdfast.server.host.NodeRecorder;
import dev.holdfast.server.metrics.NodeMetrics;
import dev.holdfast.server.node.NodeIdentity;
import dev.holdfast.server.ownership.OwnershipRecorder;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node with its doors, as {@link Main} starts it and as tests and the test kit start several in
 * one process. {@link #start} and {@link #stop} are called once each, by one thread.
 */
public final class Server {
  private static final Logger LOGGER = LoggerFactory.getLogger(Server.class);
  private static final long DOOR_PATIENCE_MILLIS = 500;

  /** Hears of an error after which the node is of no use; called on any thread. */
  @FunctionalInterface
  public interface Fatal {
    void onFatal(ExitCode code, String message, @Nullable Throwable cause);
  }

  private final ResolvedConfig config;
  private final NodeHost node;
  private final @Nullable NodeRecorder recorder;
  private final @Nullable OwnershipRecorder ownership;
  private final FileCopies copies;
  private final @Nullable NodeMetrics metrics;
  private final NodeFacts facts;
  private final List<Door> doors;
  private final List<Door> opened = new ArrayList<>();

  /** A node that has touched neither disk nor network. */
  public Server(ResolvedConfig config, ReplicatedLogFactory logs, Fatal fatal) {
    this.config = config;
    String history = config.config().history();
    this.recorder = history == null ? null : new NodeRecorder(Path.of(history), config.nodeId());
    ChainSettings settings = config.ownership();
    this.ownership = settings == null ? null : new OwnershipRecorder(settings);
    this.copies =
        new FileCopies(
            config.data().resolve("files"),
            config.nodeId().value(),
            problem -> fatal.onFatal(ExitCode.DISK_FAILED, explained(problem), problem));
    PeerAddress metricsAddress = config.metrics();
    this.metrics =
        metricsAddress == null
            ? null
            : new NodeMetrics(config.nodeId().value(), metricsAddress, config.data());
    this.node =
        new NodeHost(
            new NodeIdentity(
                config.nodeId(),
                config.clientAdvertise().toString(),
                Version.current(),
                config.configuredEndpoints()),
            config.limits(),
            config.watches(),
            config.proposer(),
            replica ->
                logs.create(
                    config.replication(),
                    replica,
                    (code, message, cause) ->
                        fatal.onFatal(ExitCode.of(code), explained(code, message, cause), cause)),
            bug -> fatal.onFatal(ExitCode.BUG, "the node's thread threw: " + bug, bug),
            recorder,
            ownership,
            copies,
            metrics == null ? NodeMeter.NONE : metrics.meter());
    List<Door> made = new ArrayList<>();
    this.doors = made;
    this.facts = new NodeFacts(config.config().cluster(), () -> made, NodeLimits.of(config));
    addDoors(made, fatal);
  }

  /** Of a disk that fails nothing but this line is shown, so it tells what the system said. */
  private String explained(
      dev.holdfast.replication.ExitCode code, String message, @Nullable Throwable cause) {
    if (code != dev.holdfast.replication.ExitCode.DISK_FAILED) {
      return message;
    }
    String full = DiskSpace.problemWith(config.data());
    if (full != null) {
      return full;
    }
    return cause instanceof IOException ? message + ": " + rootMessage(cause) : message;
  }

  /** The clients' own door, and those that the configuration asks for. */
  private void addDoors(List<Door> made, Fatal fatal) {
    made.add(new GrpcDoor(node, config.grpcDoor(), facts));
    for (ConfiguredDoor door : config.doors()) {
      made.add(door.make(config.nodeId(), node.doorClients(), () -> stopAsAsked(fatal)));
    }
  }

  /** On a thread of its own: whoever is told ends the thread on which it was asked for. */
  private static void stopAsAsked(Fatal fatal) {
    Thread.ofPlatform()
        .daemon()
        .name("holdfast-stop-asked")
        .start(() -> fatal.onFatal(ExitCode.STOPPED, "an administrator asked it to stop", null));
  }

  private String explained(IOException problem) {
    String full = DiskSpace.problemWith(config.data());
    return full == null
        ? "the copies of the files in "
            + config.data()
            + " cannot be written: "
            + rootMessage(problem)
        : full;
  }

  /** The running node, for tests. */
  public NodeHost node() {
    return node;
  }

  /**
   * Opens the data directory, the peer port and the doors.
   *
   * @throws StartException if something outside is in the way; everything is closed again then
   */
  public void start() throws StartException {
    if (config.exposed()) {
      warnInsecure();
    }
    String unusable = TlsFiles.problemWith(config.config());
    if (unusable != null) {
      throw new StartException(ExitCode.CONFIGURATION, unusable, null);
    }
    requireFree("client", config.clientBind());
    requireFree("peer", config.peerBind());
    for (ConfiguredDoor door : config.doors()) {
      requireFree("doors." + door.factory().name(), door.bind());
    }
    if (config.metrics() != null) {
      requireFree("metrics", config.metrics());
    }
    requireDirectory(config.data());
    String full = DiskSpace.problemWith(config.data());
    if (full != null) {
      throw new StartException(ExitCode.DISK_FAILED, full, null);
    }
    startNode();
    openCopies();
    for (Door door : doors) {
      try {
        door.start();
        opened.add(door);
        LOGGER.info("door_opened door={} address={}", door.name(), door.address());
      } catch (IOException e) {
        throw failed(
            isBindProblem(e) ? ExitCode.PORT_IN_USE : ExitCode.CONFIGURATION,
            "the "
                + door.name()
                + " door cannot listen on "
                + door.address()
                + ": "
                + rootMessage(e),
            e);
      } catch (RuntimeException | Error e) {
        throw failed(ExitCode.BUG, "the " + door.name() + " door could not be opened: " + e, e);
      }
    }
    startMetrics();
    LOGGER.info(
        "node_started cluster={} client={} peer={} data={}",
        config.config().cluster(),
        config.clientBind(),
        config.peerBind(),
        config.data());
  }

  private void startNode() throws StartException {
    try {
      // Until then, what else lies in the data directory may be another process's.
      node.open();
      openRecording();
      openOwnership();
      node.start();
    } catch (DataRefusedException e) {
      throw failed(ExitCode.DATA_REFUSED, String.valueOf(e.getMessage()), e);
    } catch (NodeIdInUseException e) {
      throw failed(ExitCode.NODE_ID_IN_USE, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw failed(
          isBindProblem(e) ? ExitCode.PORT_IN_USE : ExitCode.DISK_FAILED,
          "the log in " + config.data() + " cannot be opened: " + rootMessage(e),
          e);
    } catch (RuntimeException | Error e) {
      throw failed(ExitCode.BUG, "the node could not be started: " + e, e);
    }
  }

  private void startMetrics() throws StartException {
    if (metrics == null) {
      return;
    }
    try {
      metrics.start(node, facts);
      LOGGER.info("metrics_opened address={}", config.metrics());
    } catch (IOException e) {
      throw failed(
          isBindProblem(e) ? ExitCode.PORT_IN_USE : ExitCode.CONFIGURATION,
          "metrics.bind " + config.metrics() + " cannot be opened: " + rootMessage(e),
          e);
    }
  }

  private void openRecording() throws StartException {
    if (recorder == null) {
      return;
    }
    try {
      recorder.open();
      LOGGER.info("history_recorded file={}", config.config().history());
    } catch (IOException e) {
      throw failed(
          ExitCode.CONFIGURATION,
          "history: "
              + config.config().history()
              + " cannot be written: "
              + rootMessage(e)
              + "; name a file in a folder that is writable, or leave the key out",
          e);
    }
  }

  private void openOwnership() throws StartException {
    if (ownership == null) {
      return;
    }
    try {
      ownership.open();
    } catch (DamagedChainException e) {
      throw failed(
          ExitCode.DATA_REFUSED,
          "the ownership history is damaged: "
              + e.getMessage()
              + "; keep the folder as evidence under another name, and the node begins a new one",
          e);
    } catch (IOException e) {
      throw failed(
          ExitCode.DISK_FAILED, "the ownership history cannot be opened: " + rootMessage(e), e);
    }
  }

  /** After the log: until then the data directory may be another process's. */
  private void openCopies() throws StartException {
    try {
      copies.open();
    } catch (IOException e) {
      throw failed(ExitCode.DISK_FAILED, explained(e), e);
    }
  }

  private StartException failed(ExitCode code, String message, Throwable cause) {
    stop();
    return new StartException(code, message, cause);
  }

  /** A port that is taken is told before the disk is touched. */
  private static void requireFree(String door, PeerAddress address) throws StartException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(address.host(), address.port()));
    } catch (IOException e) {
      String problem = rootMessage(e).toLowerCase(Locale.ROOT);
      boolean inUse = e instanceof BindException && problem.contains("in use");
      throw new StartException(
          inUse ? ExitCode.PORT_IN_USE : ExitCode.CONFIGURATION,
          "%s.bind %s cannot be opened: %s; %s"
              .formatted(
                  door,
                  address,
                  problem,
                  inUse
                      ? "end the process that uses it, or set another address"
                      : "set it to an address of this machine and a port that this user may open"
                          + (door.startsWith("doors.") || door.equals("metrics")
                              ? ""
                              : ", and "
                                  + door
                                  + ".advertise to what others connect to, if that is another")),
          e);
    }
  }

  /** What is in the way of a data directory is named before anything is made. */
  private static void requireDirectory(Path data) throws StartException {
    Path existing = data;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing != null && !Files.isDirectory(existing)) {
      throw new StartException(
          ExitCode.CONFIGURATION,
          "data: " + existing + " is a file; set data to a directory, or to one that can be made",
          null);
    }
    if (existing != null && !Files.isWritable(existing)) {
      throw new StartException(
          ExitCode.CONFIGURATION,
          "data: this user may not write in "
              + existing
              + "; give it the right to, or set data to another directory",
          null);
    }
  }

  private void warnInsecure() {
    LOGGER.warn(
        "insecure=true client={} peer={} doors={} metrics={}: a port is open beyond this machine"
            + " without TLS and authentication; anybody who reaches a client's port or a door can"
            + " take and release every lock",
        config.clientBind(),
        config.peerBind(),
        config.doors().stream().map(door -> door.factory().name() + "=" + door.bind()).toList(),
        config.metrics());
  }

  /** Whether this node is a member with a known leader. */
  public boolean isReady() {
    LogStatus status = node.recentStatus();
    return status.leader() != null
        && status.members().stream().anyMatch(member -> member.id().equals(config.nodeId()));
  }

  /**
   * Sends the sessions away, hands over the leadership, and closes everything; below five seconds.
   * What was acknowledged is safe at any moment of it.
   */
  public void stop() {
    if (metrics != null) {
      metrics.stop();
    }
    node.sendAway();
    opened.forEach(door -> door.stop(DOOR_PATIENCE_MILLIS));
    node.close();
    LOGGER.info("node_stopped");
  }

  private static boolean isBindProblem(Throwable problem) {
    for (Throwable each = problem; each != null; each = each.getCause()) {
      if (each instanceof BindException
          || String.valueOf(each.getMessage()).contains("Address already in use")) {
        return true;
      }
    }
    return false;
  }

  private static String rootMessage(Throwable problem) {
    Throwable root = problem;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return switch (root) {
      // Their message is the name of the file.
      case AccessDeniedException e ->
          "this user may not read or write " + e.getFile() + "; give it the right to";
      case NoSuchFileException e -> e.getFile() + " is missing";
      case FileAlreadyExistsException e -> e.getFile() + " is in the way, it is no folder";
      default -> root.getMessage() == null ? root.toString() : root.getMessage();
    };
  }
}
