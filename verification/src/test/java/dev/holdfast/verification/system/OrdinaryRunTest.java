package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.DistributedLock;
import dev.holdfast.client.HolderInfo;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.HoldfastAdmin;
import dev.holdfast.client.LockCheck;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.Mode;
import dev.holdfast.client.PreemptResult;
import dev.holdfast.client.RefusalReason;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.ClientFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What must hold while nothing is broken but clients. One cluster for all of it. */
@Timeout(120)
final class OrdinaryRunTest {
  @RegisterExtension static final Clusters CLUSTERS = Clusters.forAllTests();

  private static RealCluster cluster;

  @BeforeAll
  static void start() {
    cluster = CLUSTERS.start(3);
  }

  @Test
  void requests_sent_three_times_and_again_at_another_node_are_done_once() {
    List<String> nodes = cluster.nodes();
    ClientFrame acquire = RawSession.acquire(1, "duplicates");
    List<Answer> answers = new ArrayList<>();
    try (RawSession session = RawSession.open(cluster.clientPort(nodes.get(0)), 60_000)) {
      answers.addAll(sendThreeTimes(session, acquire));
      for (String other : nodes.subList(1, 3)) {
        try (RawSession resumed = session.resumeAt(cluster.clientPort(other))) {
          answers.addAll(sendThreeTimes(resumed, acquire));
        }
      }
      assertThat(answers.stream().map(Answer::toByteString).distinct()).hasSize(1);
      long token = answers.get(0).getGranted().getToken();
      assertThat(tokensAt("duplicates")).containsExactly(token);
      repeatRelease(session, nodes, token);
    }
  }

  /** Twice at once, which a node may answer once, and once more. */
  private static List<Answer> sendThreeTimes(RawSession session, ClientFrame acquire) {
    session.send(acquire);
    session.send(acquire);
    List<Answer> answers = new ArrayList<>(session.answers(1, 1));
    session.send(acquire);
    answers.addAll(session.answers(1, 1));
    return answers;
  }

  /** A release that arrives late must not release what was granted since. */
  private static void repeatRelease(RawSession session, List<String> nodes, long token) {
    ClientFrame release = RawSession.release(2, token);
    try (RawSession resumed = session.resumeAt(cluster.clientPort(nodes.get(1)))) {
      resumed.send(release);
      Answer released = resumed.answers(2, 1).get(0);
      resumed.send(RawSession.acquire(3, "duplicates"));
      long newToken = resumed.answers(3, 1).get(0).getGranted().getToken();
      assertThat(newToken).isGreaterThan(token);
      resumed.send(release);
      assertThat(resumed.answers(2, 1)).containsExactly(released);
      assertThat(tokensAt("duplicates")).containsExactly(newToken);
      resumed.send(
          RawSession.acquire(4, "another").toBuilder()
              .setAcknowledged(Acknowledged.newBuilder().setBelow(4))
              .build());
      resumed.answers(4, 1);
      resumed.send(release);
      assertThat(resumed.answers(2, 1).get(0).getRefused().getReason())
          .isEqualTo(dev.holdfast.protocol.v1.RefusalReason.STALE_REQUEST);
      resumed.send(ClientFrame.newBuilder().setClose(true).build());
    }
    await()
        .atMost(RealCluster.PATIENCE)
        .untilAsserted(() -> assertThat(tokensAt("duplicates")).isEmpty());
  }

  private static List<Long> tokensAt(String lock) {
    return cluster.admin().check(lock, Consistency.LINEARIZABLE, 0).holders().stream()
        .map(LockHolder::token)
        .toList();
  }

  @Test
  void a_node_shows_what_it_has_answered() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> seen = new ArrayList<>();
      for (String node : cluster.nodes()) {
        seen.add(threads.submit(() -> acquireAndLook(node, 500)));
      }
      for (Future<Integer> each : seen) {
        assertThat(each.get(100, TimeUnit.SECONDS)).isEqualTo(500);
      }
    }
  }

  /**
   * How often the node that granted shows the grant in its own map, asked right after its answer.
   */
  private static int acquireAndLook(String node, int times) throws InterruptedException {
    String endpoint = cluster.endpoint(node);
    int shown = 0;
    try (HoldfastAdmin admin = HoldfastAdmin.connect(endpoint);
        Holdfast client = Holdfast.builder().endpoints(endpoint).connect()) {
      for (int i = 0; i < times; i++) {
        String lock = "look/" + node + "/" + i % 7;
        LockGrant grant = client.preempt(AcquireRequest.of(lock, Mode.X)).grant().orElseThrow();
        LockCheck check = admin.check(lock, Consistency.LOCAL, 0);
        if (check.info().nodeId().equals(node)
            && check.holders().size() == 1
            && check.holders().get(0).token() == grant.token().value()) {
          shown++;
        }
        grant.release();
      }
    }
    return shown;
  }

  @Test
  void of_64_clients_that_preempt_one_name_1000_times_one_wins_each_time() {
    List<Holdfast> clients = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      String endpoint = cluster.endpoint(cluster.nodes().get(i % 3));
      clients.add(Holdfast.builder().endpoints(endpoint).build());
    }
    try {
      long lastToken = 0;
      for (int round = 0; round < 1_000; round++) {
        lastToken = preemptAllAtOnce(clients, lastToken);
      }
    } finally {
      clients.forEach(Holdfast::close);
    }
  }

  private static long preemptAllAtOnce(List<Holdfast> clients, long lastToken) {
    AcquireRequest request = AcquireRequest.of("one/name", Mode.X);
    List<CompletableFuture<PreemptResult>> attempts =
        clients.stream().map(client -> client.async().preempt(request)).toList();
    List<PreemptResult> results =
        attempts.stream().map(each -> each.orTimeout(60, TimeUnit.SECONDS).join()).toList();
    List<LockGrant> winners = results.stream().flatMap(each -> each.grant().stream()).toList();
    assertThat(winners).hasSize(1);
    long token = winners.get(0).token().value();
    assertThat(token).isGreaterThan(lastToken);
    for (PreemptResult result : results) {
      if (result instanceof PreemptResult.Refused refused) {
        assertThat(refused.refusal().reason()).isEqualTo(RefusalReason.HELD_BY_ANOTHER);
        HolderInfo holder = Objects.requireNonNull(refused.refusal().holder());
        assertThat(holder.token()).isEqualTo(winners.get(0).token());
      }
    }
    winners.get(0).release();
    return token;
  }

  @Test
  void the_lock_of_a_killed_client_passes_on_within_its_lease_and_a_second() throws Exception {
    long ttlMillis = 2_000;
    String name = "of/a/client/that/dies";
    JavaProcess holder =
        JavaProcess.start(
            CLUSTERS.folder().resolve("holder.log"),
            HolderProgram.class.getName(),
            List.of(cluster.endpoints(), name, Long.toString(ttlMillis)));
    try {
      await("the client holds the lock")
          .atMost(RealCluster.PATIENCE)
          .until(() -> holder.output().contains(HolderProgram.HOLDS));
      long token = tokensAt(name).get(0);
      Holdfast successor = cluster.client();
      DistributedLock lock = successor.lock(name);
      assertThat(lock.tryLock()).isFalse();
      long killedAtNanos = System.nanoTime();
      holder.kill();
      assertThat(lock.tryLock(30, TimeUnit.SECONDS)).isTrue();
      Duration waited = Duration.ofNanos(System.nanoTime() - killedAtNanos);
      assertThat(waited).isLessThan(Duration.ofMillis(ttlMillis + 1_000));
      assertThat(lock.fencingToken().value()).isGreaterThan(token);
      lock.unlock();
    } finally {
      holder.kill();
    }
  }
}
