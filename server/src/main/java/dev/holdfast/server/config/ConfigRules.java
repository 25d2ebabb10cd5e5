package dev.holdfast.server.config;

import dev.holdfast.server.config.NodeConfig.NodeEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What single values may be, so that a message can name the key and what to write. */
final class ConfigRules {
  private static final Pattern CLUSTER = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]{0,62}");
  private static final Duration LONGEST_ELECTION = Duration.ofMinutes(1);
  private static final long MEBIBYTE = 1L << 20;

  private final NodeConfig config;
  private final String source;

  private ConfigRules(NodeConfig config, String source) {
    this.config = config;
    this.source = source;
  }

  /**
   * Looks at every value by itself.
   *
   * @param source where settings come from, for messages
   */
  static void require(NodeConfig config, String source) throws ConfigException {
    ConfigRules rules = new ConfigRules(config, source);
    rules.requireNames();
    rules.requireTimes();
    rules.requireSizes();
    rules.requireCounts();
  }

  private void requireNames() throws ConfigException {
    require(
        CLUSTER.matcher(config.cluster()).matches(),
        "cluster",
        "'" + config.cluster() + "' is no name; write a letter, then up to 62 of a-z A-Z 0-9 - _");
    requireDifferent("id", NodeEntry::id);
    requireDifferent("peer", entry -> entry.peer().toString());
    requireDifferent("client", entry -> entry.client() == null ? "" : entry.client().toString());
  }

  private void requireDifferent(String key, Function<NodeEntry, String> value)
      throws ConfigException {
    Map<String, Integer> first = new HashMap<>();
    List<NodeEntry> nodes = config.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      String text = value.apply(nodes.get(i));
      Integer before = text.isEmpty() ? null : first.putIfAbsent(text, i);
      require(
          before == null,
          "nodes[" + i + "]." + key,
          text + " is also that of nodes[" + before + "]; give each its own");
    }
  }

  private void requireTimes() throws ConfigException {
    NodeConfig.Raft raft = config.raft();
    requireTime(
        "raft.election-timeout", raft.electionTimeout(), Duration.ofMillis(50), LONGEST_ELECTION);
    requireTime(
        "raft.election-delay-max", raft.electionDelayMax(), Duration.ofMillis(1), LONGEST_ELECTION);
    requirePositive("snapshots.interval", config.snapshots().interval());
    requirePositive("client.keep-alive", config.client().keepAlive());
    requirePositive("client.keep-alive-timeout", config.client().keepAliveTimeout());
    NodeConfig.Proposer proposer = config.proposer();
    requirePositive("proposer.resend", proposer.resend());
    requireNotLess(
        "proposer.resend-max", proposer.resendMax(), "proposer.resend", proposer.resend());
    NodeConfig.Limits limits = config.limits();
    requirePositive("limits.ttl-min", limits.ttlMin());
    requireNotLess("limits.ttl-max", limits.ttlMax(), "limits.ttl-min", limits.ttlMin());
  }

  private void requireTime(String key, Duration value, Duration least, Duration most)
      throws ConfigException {
    require(
        value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
        key,
        Durations.format(value)
            + " is out of range; write "
            + Durations.format(least)
            + " to "
            + Durations.format(most));
  }

  private void requirePositive(String key, Duration value) throws ConfigException {
    require(value.toMillis() >= 1, key, "write 1ms or more");
  }

  private void requireNotLess(String key, Duration value, String otherKey, Duration other)
      throws ConfigException {
    require(
        value.compareTo(other) >= 0,
        key,
        Durations.format(value)
            + " is less than "
            + otherKey
            + ", which is "
            + Durations.format(other));
  }

  private void requireSizes() throws ConfigException {
    requireSize("client.unread-bytes-max", config.client().unreadBytesMax(), 1, Long.MAX_VALUE);
    requireSize("watches.bytes-max", config.watches().bytesMax(), 1, Long.MAX_VALUE);
    requireSize("snapshots.bytes", config.snapshots().bytes(), 1, Long.MAX_VALUE);
    // The nodes' own frames, which carry them, have 64 MiB at most.
    requireSize("limits.frame-bytes-max", config.limits().frameBytesMax(), 1 << 10, 32 * MEBIBYTE);
    NodeConfig.Ownership ownership = config.ownership();
    requireSize("ownership.segment-bytes-max", ownership.segmentBytesMax(), 64 << 10, 1 << 30);
    requireSize(
        "ownership.bytes-max",
        ownership.bytesMax(),
        2 * ownership.segmentBytesMax().bytes(),
        Long.MAX_VALUE);
    requireSize("proposer.entry-bytes-max", config.proposer().entryBytesMax(), 1, 32 * MEBIBYTE);
  }

  private void requireSize(String key, DataSize value, long least, long most)
      throws ConfigException {
    require(
        value.bytes() >= least && value.bytes() <= most,
        key,
        value
            + " is out of range; write "
            + new DataSize(least)
            + (most == Long.MAX_VALUE ? " or more" : " to " + new DataSize(most)));
  }

  private void requireCounts() throws ConfigException {
    requireOneOrMore("client.threads", config.client().threads());
    requireOneOrMore("snapshots.entries", config.snapshots().entries());
    NodeConfig.Proposer proposer = config.proposer();
    requireOneOrMore("proposer.flights-max", proposer.flightsMax());
    requireOneOrMore("proposer.entry-commands-max", proposer.entryCommandsMax());
    requireOneOrMore("proposer.forwarded-waiting-max", proposer.forwardedWaitingMax());
    NodeConfig.Limits limits = config.limits();
    requireOneOrMore("limits.requests-per-session-max", limits.requestsPerSessionMax());
    requireOneOrMore("limits.sessions-max", limits.sessionsMax());
    requireOneOrMore("limits.commands-waiting-max", limits.commandsWaitingMax());
    requireOneOrMore("limits.queue-length-max", limits.queueLengthMax());
    requireOneOrMore("limits.reads-waiting-max", limits.readsWaitingMax());
    requireOneOrMore("watches.watchers-max", config.watches().watchersMax());
    requireOneOrMore("watches.events-max", config.watches().eventsMax());
  }

  private void requireOneOrMore(String key, long value) throws ConfigException {
    require(value >= 1, key, "write 1 or more");
  }

  private void require(boolean holds, String key, String otherwise) throws ConfigException {
    if (!holds) {
      throw ConfigException.at(source, key, otherwise);
    }
  }
}
