package dev.holdfast.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.FixedLimit;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.server.config.NodeConfig.LogFormat;
import dev.holdfast.server.door.NodeLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  private static final String THREE =
      """
      nodes:
        - {id: n1, peer: 127.0.0.1:1001, client: 127.0.0.1:2001}
        - {id: n2, peer: 127.0.0.1:1002, client: 127.0.0.1:2002}
        - {id: n3, peer: 127.0.0.1:1003}
      """;

  @TempDir private Path folder;

  private Path file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("node.yaml"), yaml);
  }

  private ResolvedConfig load(String yaml, String... settings) throws Exception {
    return new ConfigLoader(Map.of()).load(file(yaml), Arrays.asList(settings));
  }

  private void refuses(String yaml, String... words) {
    assertThatThrownBy(() -> load(yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(folder.resolve("node.yaml").toString())
        .hasMessageContainingAll(words);
  }

  @Test
  void nothing_set_is_one_node_on_the_loopback_interface() throws Exception {
    ResolvedConfig config = load("");
    assertThat(config.nodeId()).isEqualTo(new NodeId("n1"));
    assertThat(config.clientBind()).isEqualTo(new PeerAddress("127.0.0.1", 5470));
    assertThat(config.peerBind()).isEqualTo(new PeerAddress("127.0.0.1", 5472));
    assertThat(config.data()).endsWithRaw(Path.of("holdfast-data", "n1"));
    assertThat(config.replication().initialMembers()).hasSize(1);
    assertThat(config.exposed()).isFalse();
  }

  @Test
  void one_file_serves_three_nodes() throws Exception {
    ResolvedConfig second = load(THREE, "node.id=n2");
    assertThat(second.clientBind()).hasToString("127.0.0.1:2002");
    assertThat(second.peerAdvertise()).hasToString("127.0.0.1:1002");
    assertThat(second.replication().initialMembers()).hasSize(3);
    assertThat(second.configuredEndpoints()).containsOnlyKeys(new NodeId("n1"), new NodeId("n2"));
    ResolvedConfig third = load(THREE, "node.id=n3", "client.bind=127.0.0.1:2003");
    assertThat(third.clientAdvertise()).hasToString("127.0.0.1:2003");
  }

  @Test
  void addresses_may_be_those_of_ipv6() throws Exception {
    ResolvedConfig config = load("peer: {bind: '[::1]:1004'}", "client.bind=[::1]:1005");
    assertThat(config.peerBind()).isEqualTo(new PeerAddress("::1", 1004));
    assertThat(config.clientAdvertise()).hasToString("[::1]:1005");
    assertThat(config.replication().peerAddress()).isEqualTo("[::1]:1004");
    assertThat(config.exposed()).isFalse();
  }

  @Test
  void a_node_that_joins_founds_nothing() throws Exception {
    ResolvedConfig config =
        load("join: true\nnode: {id: n4}\npeer: {bind: 127.0.0.1:1004}\n" + THREE);
    assertThat(config.replication().initialMembers()).isEmpty();
    assertThat(config.peerAdvertise()).hasToString("127.0.0.1:1004");
  }

  @Test
  void the_command_line_goes_before_the_environment_and_that_before_the_file() throws Exception {
    Path yaml = file("cluster: from-file\nlimits: {sessions-max: 1}\nlog: {level: warn}");
    ConfigLoader loader =
        new ConfigLoader(
            Map.of(
                "HOLDFAST_CLUSTER", "from-environment",
                "HOLDFAST_LIMITS_SESSIONS_MAX", "2",
                "HOLDFAST_LOG_FORMAT", "JSON",
                "HOLDFAST_NODES", "[{id: n9, peer: 'localhost:1'}]",
                "HOLDFAST_FENCE", "7",
                "PATH", "/bin"));
    ResolvedConfig config =
        loader.load(
            yaml, List.of("limits.sessions-max=3", "node.id=n9", "raft.election-timeout=2s"));
    assertThat(config.config().cluster()).isEqualTo("from-environment");
    assertThat(config.limits().sessionsMax()).isEqualTo(3);
    assertThat(config.config().log().format()).isEqualTo(LogFormat.JSON);
    assertThat(config.config().log().level()).isEqualTo(NodeConfig.LogLevel.WARN);
    assertThat(config.config().raft().electionTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.replication().initialMembers()).hasSize(1);
    assertThat(loader.warnings()).hasSize(1).first().asString().contains("HOLDFAST_FENCE");
  }

  @Test
  void unknown_keys_are_refused_with_the_nearest_known_one() {
    refuses("clustr: x", "clustr", "did you mean cluster?");
    refuses("limits: {sesions-max: 5}", "limits.sesions-max", "did you mean limits.sessions-max?");
    refuses("nodes: [{id: n1, peer: 'a:1', cleint: 'a:2'}]", "nodes[0].cleint", "client?");
  }

  @Test
  void values_of_the_wrong_kind_are_refused_with_what_to_write() {
    refuses("limits: {sessions-max: many}", "limits.sessions-max", "'many'", "whole number");
    refuses("limits: {sessions-max: -1}", "whole number from 0");
    refuses("limits: {sessions-max: 3000000000}", "from 0 to 2147483647");
    refuses("limits: {frame-bytes-max: 1 MB}", "1MiB");
    refuses("raft: {election-timeout: 500}", "raft.election-timeout", "500ms");
    refuses("client: {bind: localhost}", "client.bind", "host:port");
    refuses("client: 5470", "client", "keys and values");
    refuses("insecure: yes", "insecure", "true or false");
    refuses("log: {level: loud}", "log.level", "error, warn, info, debug");
    refuses("cluster: [a]", "cluster", "single value");
    refuses("nodes: n1", "nodes", "list");
    refuses("nodes: [{id: n1}]", "nodes[0].peer", "missing");
    refuses("client: {tls: {certificate: a.pem}}", "client.tls.key", "missing");
    refuses("- a\n- b", "keys and values");
    refuses("a: [", "line", "not YAML");
    refuses("cluster: a\ncluster: b", "line", "cluster", "twice");
    refuses("client: {bind: '::1:5470'}", "client.bind", "[::1]");
  }

  @Test
  void what_makes_no_sense_together_is_refused() {
    refuses("node: {id: n7}\n" + THREE, "node.id", "n1, n2, n3", "join: true");
    refuses("node: {id: N7}", "node.id", "a-z");
    refuses("cluster: 7up", "cluster: '7up'", "letter");
    refuses("client: {bind: 127.0.0.1:5472}", "client.bind", "port of its own");
    refuses("limits: {sessions-max: 0}", "limits.sessions-max: write 1 or more");
    refuses("limits: {frame-bytes-max: 9GiB}", "limits.frame-bytes-max", "1KiB to 32MiB");
    refuses("limits: {ttl-min: 20m}", "limits.ttl-max", "10m is less than limits.ttl-min");
    refuses("proposer: {flights-max: 0}", "proposer.flights-max: write 1 or more");
    refuses("proposer: {resend-max: 1ms}", "proposer.resend-max", "less than proposer.resend");
    refuses("snapshots: {entries: 0}", "snapshots.entries: write 1 or more");
    refuses("raft: {election-timeout: 10ms}", "raft.election-timeout", "50ms to 1m");
    refuses("nodes: [{id: n1, peer: 'a:1'}, {id: n1, peer: 'a:2'}]", "nodes[1].id", "also that of");
    refuses(
        "nodes: [{id: n1, peer: 'a:1'}, {id: n2, peer: 'a:1'}]", "nodes[1].peer", "also that of");
    refuses("client: {threads: 0}", "client.threads");
    refuses("client: {bind: no-such-host.invalid:1}", "client.bind", "not known");
  }

  @Test
  void a_setting_that_is_wrong_is_traced_to_where_it_was_made() {
    assertThatThrownBy(() -> load("", "limits.sessions-max=many"))
        .hasMessageStartingWith("--set: limits.sessions-max");
    assertThatThrownBy(() -> load("", "limits")).hasMessageContaining("--set key=value");
    assertThatThrownBy(() -> load("", "limitz.sessions-max=3"))
        .hasMessageContaining("limitz")
        .hasMessageContaining("limits?");
    assertThatThrownBy(
            () -> new ConfigLoader(Map.of("HOLDFAST_CLIENT_BIND", "here")).load(null, List.of()))
        .hasMessageStartingWith("HOLDFAST_CLIENT_BIND: client.bind");
    assertThatThrownBy(
            () -> new ConfigLoader(Map.of()).load(folder.resolve("absent.yaml"), List.of()))
        .hasMessageContaining("absent.yaml")
        .hasMessageContaining("cannot be read");
  }

  @Test
  void a_port_beyond_this_machine_needs_tls_and_authentication_or_a_word() throws Exception {
    refuses("client: {bind: 0.0.0.0:5470}", "client.bind", "client-authority", "insecure: true");
    refuses("peer: {bind: 0.0.0.0:5472}", "peer.bind", "peer.tls", "insecure: true");
    Path pem = Files.writeString(folder.resolve("x.pem"), "");
    String tls = "{certificate: %s, key: %s".formatted(pem, pem);
    refuses("client: {bind: 0.0.0.0:5470, tls: " + tls + "}}", "client.bind", "client-authority");
    assertThat(
            load("client: {bind: 0.0.0.0:5470, tls: " + tls + ", client-authority: " + pem + "}}")
                .exposed())
        .isFalse();
    assertThat(load("insecure: true\nclient: {bind: 0.0.0.0:5470}").exposed()).isTrue();
    assertThat(load("insecure: true").exposed()).isFalse();
    refuses("peer: {tls: {certificate: gone.pem, key: k, authority: a}}", "gone.pem", "PEM");
  }

  @ParameterizedTest
  @CsvSource({"512B,512", "512,512", "64KiB,65536", "1MiB,1048576", "2GiB,2147483648", "0,0"})
  void sizes_are_read_and_written(String text, long bytes) {
    DataSize size = DataSize.parse(text);
    assertThat(size.bytes()).isEqualTo(bytes);
    assertThat(DataSize.parse(size.toString())).isEqualTo(size);
  }

  @ParameterizedTest
  @CsvSource({"500ms,500", "30s,30000", "5m,300000", "1h,3600000", "2d,172800000", "90s,90000"})
  void durations_are_read_and_written(String text, long millis) {
    Duration duration = Durations.parse(text);
    assertThat(duration.toMillis()).isEqualTo(millis);
    assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
  }

  @Test
  void metrics_are_off_on_the_loopback_interface_and_at_a_port_of_their_own() throws Exception {
    assertThat(load("").metrics()).isNull();
    assertThat(load("metrics: {bind: '127.0.0.1:7000'}").metrics()).isNull();
    assertThat(load(THREE + "metrics: {enabled: true}", "node.id=n2").metrics())
        .hasToString("127.0.0.1:9465");
    assertThat(load("metrics: {enabled: true, bind: '127.0.0.1:7000'}").metrics())
        .hasToString("127.0.0.1:7000");
    refuses("metrics: {enabled: true, bind: 7000}", "metrics.bind", "host:port");
    refuses("metrics: {adress: '127.0.0.1:7000'}", "metrics.adress");
    refuses("metrics: {enabled: true, bind: '127.0.0.1:5470'}", "is also client.bind");
    refuses(
        "metrics: {enabled: true, bind: '0.0.0.0:7000'}",
        "metrics.bind",
        "loopback interface",
        "insecure: true");
    ResolvedConfig open = load("insecure: true\nmetrics: {enabled: true, bind: '0.0.0.0:7000'}");
    assertThat(open.metrics()).hasToString("0.0.0.0:7000");
    assertThat(open.exposed()).isTrue();
  }

  @Test
  void limits_are_told_as_they_are_set() throws Exception {
    ResolvedConfig config =
        load("limits: {sessions-max: 7}\ndoors: {w0: {enabled: true, request-bytes-max: 1KiB}}");
    assertThat(NodeLimits.of(config))
        .contains(
            new NodeLimit("limits.sessions-max", 7, FixedLimit.Unit.COUNT, false),
            new NodeLimit("limits.ttl-min", 1_000, FixedLimit.Unit.MILLIS, false),
            new NodeLimit("doors.w0.request-bytes-max", 1_024, FixedLimit.Unit.BYTES, false),
            new NodeLimit("lock-name-bytes-max", 512, FixedLimit.Unit.BYTES, true))
        .extracting(NodeLimit::name)
        .doesNotContain("doors.w1.request-bytes-max");
  }

  @Test
  void no_door_is_open_unless_it_is_enabled() throws Exception {
    assertThat(load("").doors()).isEmpty();
    assertThat(load("doors: {w0: {bind: '127.0.0.1:7000'}}").doors()).isEmpty();
    ResolvedConfig second =
        load(THREE + "doors: {w2: {enabled: true}, w0: {enabled: true}}", "node.id=n2");
    assertThat(second.doors())
        .extracting(door -> door.factory().name() + " " + door.bind() + " " + door.place())
        .containsExactly("w0 127.0.0.1:65433 1", "w2 127.0.0.1:9001 1");
    assertThat(second.exposed()).isFalse();
  }

  @Test
  void a_door_can_be_set_from_everywhere() throws Exception {
    ConfigLoader loader = new ConfigLoader(Map.of("HOLDFAST_DOORS_W0_ENABLED", "true"));
    ResolvedConfig config = loader.load(null, List.of("doors.w0.bind=127.0.0.1:7000"));
    assertThat(loader.warnings()).isEmpty();
    assertThat(config.doors())
        .extracting(door -> door.bind().toString())
        .containsExactly("127.0.0.1:7000");
  }

  @Test
  void a_door_is_configured_as_everything_else() {
    refuses("doors: {w9: {enabled: true}}", "doors.w9", "did you mean doors.w");
    refuses("doors: {w0: {enabld: true}}", "doors.w0.enabld", "did you mean doors.w0.enabled?");
    refuses("doors: {w0: {idle-lease: 1ms}}", "doors.w0", "idle-lease", "write 1s to 10m");
    refuses("doors: {w0: {check: maybe}}", "doors.w0.check", "leader, local");
    refuses("doors: {w1: {close-secret: short}}", "doors.w1", "16 characters");
    refuses("doors: {w3: {lock: a//b}}", "doors.w3", "empty segment");
    refuses("doors: 5", "doors", "write");
  }

  @Test
  void a_door_beyond_this_machine_needs_insecure() throws Exception {
    refuses(
        "doors: {w0: {enabled: true, bind: '0.0.0.0:7000'}}",
        "doors.w0.bind",
        "no credentials",
        "insecure: true");
    ResolvedConfig trusted =
        load("insecure: true\ndoors: {w0: {enabled: true, bind: '0.0.0.0:7000'}}");
    assertThat(trusted.exposed()).isTrue();
  }

  @Test
  void two_doors_have_two_ports() {
    refuses(
        "doors: {w0: {enabled: true, bind: '127.0.0.1:7000'}, w1: {enabled: true, bind:"
            + " '127.0.0.1:7000'}}",
        "doors.w1.bind",
        "is also doors.w0.bind");
    refuses("doors: {w0: {enabled: true, bind: '127.0.0.1:5470'}}", "is also client.bind");
  }
}
