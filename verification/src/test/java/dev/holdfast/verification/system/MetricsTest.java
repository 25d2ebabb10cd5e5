package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.Holdfast;
import dev.holdfast.server.ExitCode;
import dev.holdfast.verification.style.Repository;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What nodes tell over HTTP, read from outside as Prometheus does. */
@Timeout(240)
final class MetricsTest {
  @RegisterExtension static final Clusters CLUSTERS = Clusters.forAllTests();

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (\\w+) \\| (`[a-z`, ]+`)? ?\\| (.+) \\|$");

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Map<String, Integer> PORTS = new TreeMap<>();

  @SuppressWarnings("NullAway.Init")
  private static RealCluster cluster;

  @BeforeAll
  static void startNodes() throws IOException {
    cluster = CLUSTERS.prepare(3);
    for (String node : cluster.nodes()) {
      PORTS.put(node, Ports.next());
      letMetricsBeReadAt(cluster, node, PORTS.getOrDefault(node, 0));
    }
    cluster.startAll();
  }

  @AfterAll
  static void endHttp() {
    HTTP.close();
  }

  private static void letMetricsBeReadAt(RealCluster cluster, String node, int port)
      throws IOException {
    Files.writeString(
        cluster.configuration(node),
        "metrics: {enabled: true, bind: '127.0.0.1:" + port + "'}\n",
        StandardOpenOption.APPEND);
  }

  private static HttpResponse<String> ask(String node, String method, String path) {
    URI address = URI.create("http://127.0.0.1:" + PORTS.get(node) + path);
    try {
      return HTTP.send(
          HttpRequest.newBuilder(address)
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(method + " " + address, e);
    }
  }

  private static Exposition scrape(String node) {
    HttpResponse<String> response = ask(node, "GET", "/metrics");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/plain; version=0.0.4");
    return Exposition.of(response.body());
  }

  private static void lockAndRelease(Holdfast client, int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      assertThat(client.preempt("metrics/lock").isGranted()).isTrue();
      assertThat(client.preempt("metrics/lock").isGranted()).isFalse();
      client.release("metrics/lock");
    }
  }

  @Test
  void the_figures_follow_what_the_node_does() throws InterruptedException {
    String leader = cluster.leader();
    String follower = cluster.followers().get(0);
    Exposition before = scrape(leader);
    Exposition followerBefore = scrape(follower);
    Holdfast client = cluster.client(Holdfast.builder().endpoints(cluster.endpoint(follower)));
    lockAndRelease(client, 20);
    assertThat(client.preempt("metrics/kept").isGranted()).isTrue();
    // Followers and the leader apply alike; the client's own node has applied what it answered.
    Exposition after = scrape(follower);
    assertThat(after.grown(followerBefore, "holdfast_grants_total{cause=\"REQUESTED\"}"))
        .isEqualTo(21);
    assertThat(after.grown(followerBefore, "holdfast_releases_total{end=\"RELEASED\"}"))
        .isEqualTo(20);
    assertThat(after.grown(followerBefore, "holdfast_refusals_total{reason=\"ALREADY_HELD\"}"))
        .isEqualTo(20);
    assertThat(after.grown(followerBefore, "holdfast_commands_forwarded_total"))
        .isGreaterThanOrEqualTo(61);
    assertThat(after.grown(followerBefore, "holdfast_door_requests_total{door=\"grpc\"}"))
        .isGreaterThanOrEqualTo(61);
    assertThat(after.grown(followerBefore, "holdfast_door_connections_opened_total{door=\"grpc\"}"))
        .isGreaterThanOrEqualTo(1);
    assertThat(after.value("holdfast_grants_held")).isEqualTo(1);
    assertThat(after.value("holdfast_sessions")).isGreaterThanOrEqualTo(1);
    assertThat(after.grown(followerBefore, "holdfast_revision")).isGreaterThanOrEqualTo(41);
    assertThat(after.value("holdfast_role{role=\"LEADER\"}")).isZero();
    Exposition leading = scrape(leader);
    assertThat(leading.value("holdfast_role{role=\"LEADER\"}")).isEqualTo(1);
    assertThat(leading.value("holdfast_leader_known")).isEqualTo(1);
    assertThat(leading.value("holdfast_term")).isEqualTo(after.value("holdfast_term"));
    assertThat(leading.grown(before, "holdfast_commit_duration_seconds_count")).isPositive();
    assertThat(leading.grown(before, "holdfast_commit_duration_seconds_sum")).isPositive();
    assertThat(leading.grown(before, "holdfast_apply_duration_seconds_count")).isPositive();
    assertThat(leading.grown(before, "holdfast_commands_taken_total")).isGreaterThanOrEqualTo(61);
    assertThat(leading.value("holdfast_log_bytes")).isPositive();
    awaitPublished(leader, before);
    client.release("metrics/kept");
  }

  /** What a node says of itself is published several times a second. */
  private static void awaitPublished(String leader, Exposition before) {
    await("the node's own report")
        .atMost(RealCluster.PATIENCE)
        .until(
            () ->
                scrape(leader).grown(before, "holdfast_commands_proposed_total") >= 61
                    && scrape(leader).value("holdfast_sessions_attached") >= 0);
  }

  @Test
  void a_second_scrape_goes_on_from_the_first() throws InterruptedException {
    Exposition first = scrape("n1");
    lockAndRelease(cluster.client(), 5);
    Exposition second = scrape("n1");
    assertThat(second.names()).isEqualTo(first.names());
    for (Map.Entry<String, Double> sample : first.countersOnly().entrySet()) {
      assertThat(second.value(sample.getKey()))
          .as(sample.getKey())
          .isGreaterThanOrEqualTo(sample.getValue());
    }
    for (String histogram :
        new String[] {"holdfast_commit_duration_seconds", "holdfast_apply_duration_seconds"}) {
      assertThat(second.value(histogram + "_bucket{le=\"+Inf\"}"))
          .isEqualTo(second.value(histogram + "_count"));
    }
  }

  @Test
  void the_page_has_every_metric_and_no_other() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    Matcher rows =
        ROW.matcher(Files.readString(Repository.ofThisBuild().root().resolve("docs/metrics.md")));
    while (rows.find()) {
      String labels = rows.group(3) == null ? "" : rows.group(3).replace("`", "");
      documented.put(rows.group(1), rows.group(2) + " | " + labels + " | " + rows.group(4));
    }
    assertThat(scrape(cluster.leader()).described()).isEqualTo(documented);
  }

  @Test
  void nothing_else_is_answered() {
    for (String path : new String[] {"/", "/metricsx", "/metrics/more", "/-/healthy"}) {
      HttpResponse<String> response = ask("n1", "GET", path);
      assertThat(response.statusCode()).as(path).isEqualTo(404);
      assertThat(response.body()).contains("the metrics are at /metrics");
    }
    assertThat(ask("n1", "POST", "/metrics").statusCode()).isEqualTo(405);
  }

  @Test
  void a_port_in_use_is_named_with_its_key() throws IOException {
    RealCluster other = CLUSTERS.prepare(1);
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.next()));
      letMetricsBeReadAt(other, "n1", taken.getLocalPort());
      JavaProcess process = other.start("n1");
      int exit = process.awaitExit();
      assertThat(exit).as(process.output()).isEqualTo(ExitCode.PORT_IN_USE.number());
      assertThat(process.output().lines().reduce("", (before, line) -> line))
          .startsWith("holdfast server: metrics.bind 127.0.0.1:" + taken.getLocalPort())
          .contains("end the process that uses it, or set another address");
    }
    assertThat(other.data("n1")).as("data of a node that could not start").doesNotExist();
  }
}
