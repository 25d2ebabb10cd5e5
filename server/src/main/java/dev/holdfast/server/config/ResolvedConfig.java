package dev.holdfast.server.config;

import dev.holdfast.history.chain.ChainSettings;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.replication.PeerTls;
import dev.holdfast.replication.ReplicationConfig;
import dev.holdfast.replication.SnapshotPolicy;
import dev.holdfast.server.config.NodeConfig.NodeEntry;
import dev.holdfast.server.door.ConfiguredDoor;
import dev.holdfast.server.door.DoorFactory;
import dev.holdfast.server.door.DoorSettings;
import dev.holdfast.server.door.grpc.GrpcDoorSettings;
import dev.holdfast.server.node.AdmissionLimits;
import dev.holdfast.server.node.ProposerSettings;
import dev.holdfast.server.watch.WatchLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A configuration in which everything that was left open is decided, and that makes sense as a
 * whole.
 *
 * @param config as it was set
 * @param nodeId this node
 * @param data the data directory, absolute
 * @param clientBind where clients are let in
 * @param clientAdvertise what clients are told to connect to
 * @param peerBind where other nodes are let in
 * @param peerAdvertise what other nodes are told to connect to
 * @param doors the doors that are to be opened beside that of the clients, in the order of names
 * @param metrics where figures are told over HTTP; null if they are not
 * @param exposed whether a port is open beyond this machine without TLS and authentication, which
 *     {@code insecure} permits
 */
public record ResolvedConfig(
    NodeConfig config,
    NodeId nodeId,
    Path data,
    PeerAddress clientBind,
    PeerAddress clientAdvertise,
    PeerAddress peerBind,
    PeerAddress peerAdvertise,
    List<ConfiguredDoor> doors,
    @Nullable PeerAddress metrics,
    boolean exposed) {
  private static final PeerAddress CLIENT_DEFAULT = new PeerAddress("127.0.0.1", 5470);
  private static final PeerAddress PEER_DEFAULT = new PeerAddress("127.0.0.1", 5472);

  /** Of the first node; the nodes after it have the ports after it, as at the doors. */
  private static final int FIRST_METRICS_PORT = 9_464;

  static ResolvedConfig of(NodeConfig config, String source) throws ConfigException {
    ConfigRules.require(config, source);
    NodeId id = nodeId(source, "node.id", config.node().id());
    Optional<NodeEntry> self = selfOf(config, source);
    PeerAddress clientAdvertise =
        firstOf(
            config.client().advertise(),
            self.map(NodeEntry::client).orElse(null),
            config.client().bind(),
            CLIENT_DEFAULT);
    PeerAddress peerAdvertise =
        firstOf(
            config.peer().advertise(),
            self.map(NodeEntry::peer).orElse(null),
            config.peer().bind(),
            PEER_DEFAULT);
    PeerAddress clientBind = firstOf(config.client().bind(), clientAdvertise);
    PeerAddress peerBind = firstOf(config.peer().bind(), peerAdvertise);
    if (clientBind.equals(peerBind)) {
      throw ConfigException.at(
          source, "client.bind", clientBind + " is also peer.bind; give each a port of its own");
    }
    requireFiles(config, source);
    Map<PeerAddress, String> taken = new HashMap<>();
    taken.put(clientBind, "client.bind");
    taken.put(peerBind, "peer.bind");
    List<ConfiguredDoor> doors = doors(config, source, taken);
    PeerAddress metrics = metrics(config, source, taken);
    boolean exposed =
        isExposed(config, source, clientBind, peerBind)
            || areExposed(doors)
            || (metrics != null && !isLoopback(source, "metrics.bind", metrics));
    String data = config.data() == null ? "holdfast-data/" + id.value() : config.data();
    ResolvedConfig resolved =
        new ResolvedConfig(
            config,
            id,
            Path.of(data).toAbsolutePath().normalize(),
            clientBind,
            clientAdvertise,
            peerBind,
            peerAdvertise,
            doors,
            metrics,
            exposed);
    requireValid(resolved, source);
    return resolved;
  }

  /** Where and how much of who held what is recorded; null if it is not. */
  public @Nullable ChainSettings ownership() {
    NodeConfig.Ownership ownership = config.ownership();
    return ownership.recorded()
        ? new ChainSettings(
            data.resolve("ownership"),
            nodeId.value(),
            ownership.bytesMax().bytes(),
            ownership.segmentBytesMax().bytes())
        : null;
  }

  /** This node's place in the list of nodes; behind all of them if it is not in it. */
  private static int placeOf(NodeConfig config) {
    List<String> ids = config.nodes().stream().map(NodeEntry::id).toList();
    int found = ids.indexOf(config.node().id());
    return found < 0 ? ids.size() : found;
  }

  private static List<ConfiguredDoor> doors(
      NodeConfig config, String source, Map<PeerAddress, String> taken) throws ConfigException {
    int place = placeOf(config);
    List<ConfiguredDoor> doors = new ArrayList<>();
    for (String name : Doors.names()) {
      DoorSettings settings = config.doors().settings(name);
      DoorFactory factory = Doors.factory(name);
      if (!settings.enabled()) {
        continue;
      }
      String key = "doors." + name + ".bind";
      PeerAddress bind =
          firstOf(settings.bind(), new PeerAddress("127.0.0.1", factory.firstPort() + place));
      requirePort(config, source, key, bind, taken);
      doors.add(new ConfiguredDoor(factory, settings, bind, place));
    }
    return doors;
  }

  private static @Nullable PeerAddress metrics(
      NodeConfig config, String source, Map<PeerAddress, String> taken) throws ConfigException {
    if (!config.metrics().enabled()) {
      return null;
    }
    PeerAddress bind =
        firstOf(
            config.metrics().bind(),
            new PeerAddress("127.0.0.1", FIRST_METRICS_PORT + placeOf(config)));
    requirePort(config, source, "metrics.bind", bind, taken);
    return bind;
  }

  /** What a port without credentials may be: one of its own, and on this machine. */
  private static void requirePort(
      NodeConfig config,
      String source,
      String key,
      PeerAddress bind,
      Map<PeerAddress, String> taken)
      throws ConfigException {
    String other = taken.putIfAbsent(bind, key);
    if (other != null) {
      throw ConfigException.at(
          source, key, bind + " is also " + other + "; give each a port of its own");
    }
    if (!isLoopback(source, key, bind) && !config.insecure()) {
      throw ConfigException.at(
          source,
          key,
          bind
              + " can be reached from other machines, and this wire has no credentials; bind it"
              + " to the loopback interface, or set insecure: true if the network is trusted");
    }
  }

  private static boolean areExposed(List<ConfiguredDoor> doors) throws ConfigException {
    for (ConfiguredDoor door : doors) {
      if (!isLoopback("", door.factory().name(), door.bind())) {
        return true;
      }
    }
    return false;
  }

  private static Optional<NodeEntry> selfOf(NodeConfig config, String source)
      throws ConfigException {
    if (config.nodes().isEmpty() || config.join()) {
      return config.nodes().stream().filter(e -> e.id().equals(config.node().id())).findFirst();
    }
    for (NodeEntry entry : config.nodes()) {
      NodeId _ = nodeId(source, "nodes", entry.id());
      if (entry.id().equals(config.node().id())) {
        return Optional.of(entry);
      }
    }
    throw ConfigException.at(
        source,
        "node.id",
        config.node().id()
            + " is not among nodes; write one of "
            + String.join(", ", config.nodes().stream().map(NodeEntry::id).toList())
            + ", or set join: true if this node joins a cluster that exists");
  }

  private static NodeId nodeId(String source, String key, String text) throws ConfigException {
    try {
      return new NodeId(text);
    } catch (IllegalArgumentException e) {
      throw ConfigException.at(source, key, String.valueOf(e.getMessage()));
    }
  }

  private static PeerAddress firstOf(@Nullable PeerAddress... candidates) {
    for (PeerAddress candidate : candidates) {
      if (candidate != null) {
        return candidate;
      }
    }
    throw new IllegalArgumentException("the last candidate is a default");
  }

  private static void requireFiles(NodeConfig config, String source) throws ConfigException {
    NodeConfig.ClientTls client = config.client().tls();
    if (client != null) {
      requireFile(source, "client.tls.certificate", client.certificate());
      requireFile(source, "client.tls.key", client.key());
      requireFile(source, "client.tls.client-authority", client.clientAuthority());
    }
    NodeConfig.PeerTls peer = config.peer().tls();
    if (peer != null) {
      requireFile(source, "peer.tls.certificate", peer.certificate());
      requireFile(source, "peer.tls.key", peer.key());
      requireFile(source, "peer.tls.authority", peer.authority());
    }
  }

  private static void requireFile(String source, String key, @Nullable String file)
      throws ConfigException {
    if (file != null && !Files.isReadable(Path.of(file))) {
      throw ConfigException.at(source, key, file + " cannot be read; name a PEM file");
    }
  }

  private static boolean isExposed(
      NodeConfig config, String source, PeerAddress clientBind, PeerAddress peerBind)
      throws ConfigException {
    NodeConfig.ClientTls clientTls = config.client().tls();
    boolean clientSafe =
        isLoopback(source, "client.bind", clientBind)
            || (clientTls != null && clientTls.clientAuthority() != null);
    boolean peerSafe = isLoopback(source, "peer.bind", peerBind) || config.peer().tls() != null;
    if (!clientSafe && !config.insecure()) {
      throw ConfigException.at(
          source,
          "client.bind",
          clientBind
              + " can be reached from other machines; set client.tls with client-authority, or"
              + " insecure: true if the network is trusted");
    }
    if (!peerSafe && !config.insecure()) {
      throw ConfigException.at(
          source,
          "peer.bind",
          peerBind
              + " can be reached from other machines; set peer.tls, or insecure: true if the"
              + " network is trusted");
    }
    return !clientSafe || !peerSafe;
  }

  private static boolean isLoopback(String source, String key, PeerAddress address)
      throws ConfigException {
    try {
      return InetAddress.getByName(address.host()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw ConfigException.at(
          source, key, "the host " + address.host() + " is not known; write one that resolves");
    }
  }

  private static void requireValid(ResolvedConfig resolved, String source) throws ConfigException {
    try {
      var _ = resolved.limits();
    } catch (IllegalArgumentException e) {
      throw ConfigException.at(source, "limits", String.valueOf(e.getMessage()));
    }
    try {
      var _ = resolved.watches();
    } catch (IllegalArgumentException e) {
      throw ConfigException.at(source, "watches", String.valueOf(e.getMessage()));
    }
    try {
      var _ = resolved.proposer();
    } catch (IllegalArgumentException e) {
      throw ConfigException.at(source, "proposer", String.valueOf(e.getMessage()));
    }
    try {
      var _ = resolved.replication();
    } catch (IllegalArgumentException e) {
      throw ConfigException.at(
          source, "cluster, nodes, raft or snapshots", String.valueOf(e.getMessage()));
    }
  }

  /** What the log needs to know. */
  public ReplicationConfig replication() {
    List<Member> members = initialMembers();
    NodeConfig.PeerTls tls = config.peer().tls();
    return ReplicationConfig.of(
            config.cluster(), Member.initial(nodeId, peerAdvertise.toString()), members, data)
        .withBindAddress(peerBind.toString())
        .withElection(
            Math.toIntExact(config.raft().electionTimeout().toMillis()),
            Math.toIntExact(config.raft().electionDelayMax().toMillis()))
        .withSnapshots(
            new SnapshotPolicy(
                config.snapshots().entries(),
                config.snapshots().bytes().bytes(),
                config.snapshots().interval()))
        .withTls(
            tls == null
                ? null
                : new PeerTls(
                    Path.of(tls.certificate()), Path.of(tls.key()), Path.of(tls.authority())));
  }

  private List<Member> initialMembers() {
    if (config.join()) {
      return List.of();
    }
    return config.nodes().isEmpty()
        ? List.of(Member.initial(nodeId, peerAdvertise.toString()))
        : config.nodes().stream()
            .map(each -> Member.initial(new NodeId(each.id()), each.peer().toString()))
            .toList();
  }

  /** Client endpoints of the other nodes, as far as they were told. */
  public Map<NodeId, String> configuredEndpoints() {
    Map<NodeId, String> endpoints = new HashMap<>();
    for (NodeEntry entry : config.nodes()) {
      PeerAddress client = entry.client();
      if (client != null) {
        endpoints.put(new NodeId(entry.id()), client.toString());
      }
    }
    return endpoints;
  }

  public AdmissionLimits limits() {
    NodeConfig.Limits limits = config.limits();
    return new AdmissionLimits(
        Math.toIntExact(limits.frameBytesMax().bytes()),
        limits.requestsPerSessionMax(),
        limits.sessionsMax(),
        limits.commandsWaitingMax(),
        limits.queueLengthMax(),
        limits.ttlMin().toMillis(),
        limits.ttlMax().toMillis(),
        limits.readsWaitingMax());
  }

  /** What the node does for watchers. */
  public WatchLimits watches() {
    NodeConfig.Watches watches = config.watches();
    return new WatchLimits(watches.watchersMax(), watches.eventsMax(), watches.bytesMax().bytes());
  }

  public ProposerSettings proposer() {
    NodeConfig.Proposer proposer = config.proposer();
    return new ProposerSettings(
        proposer.flightsMax(),
        Math.toIntExact(proposer.entryBytesMax().bytes()),
        proposer.entryCommandsMax(),
        proposer.forwardedWaitingMax(),
        proposer.resend().toNanos(),
        proposer.resendMax().toNanos());
  }

  /** What the gRPC door needs to know. */
  public GrpcDoorSettings grpcDoor() {
    NodeConfig.Client client = config.client();
    NodeConfig.ClientTls tls = client.tls();
    String authority = tls == null ? null : tls.clientAuthority();
    return new GrpcDoorSettings(
        new InetSocketAddress(clientBind.host(), clientBind.port()),
        Math.toIntExact(config.limits().frameBytesMax().bytes()),
        client.unreadBytesMax().bytes(),
        client.keepAlive().toMillis(),
        client.keepAliveTimeout().toMillis(),
        client.threads(),
        tls == null
            ? null
            : new GrpcDoorSettings.Tls(
                Path.of(tls.certificate()),
                Path.of(tls.key()),
                authority == null ? null : Path.of(authority)));
  }
}
