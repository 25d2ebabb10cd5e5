package dev.holdfast.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.fake.LiveCluster;
import dev.holdfast.client.fake.LoopbackNode;
import dev.holdfast.client.fake.TcpProxy;
import dev.holdfast.client.session.SessionState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions over real sockets: what goes wrong below gRPC, and what users are told of it. */
@SuppressWarnings(
    "LockNotBeforeTry") // locking is what is looked at here, and a failed test ends its cluster
class GrpcNetworkTest {
  private static final long SEED = Long.getLong("holdfast.seed", System.nanoTime());

  private final LiveCluster cluster = new LiveCluster(List.of());
  private final LoopbackNode node = LoopbackNode.of(cluster, "a");

  @AfterEach
  void closeAll() {
    node.close();
    cluster.close();
  }

  private static HoldfastBuilder client(String endpoints) {
    return Holdfast.builder()
        .endpoints(endpoints)
        .endpointsInOrder()
        .sessionTtl(Duration.ofSeconds(4))
        .closeTimeout(Duration.ofMillis(500));
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static String endpoint(ServerSocket socket) {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  private static String closedEndpoint() throws IOException {
    try (ServerSocket socket = listener()) {
      return endpoint(socket);
    }
  }

  private static String problemOf(String endpoint) {
    HoldfastBuilder hasty =
        client(endpoint)
            .connectTimeout(Duration.ofMillis(300))
            .openTimeout(Duration.ofMillis(1_000));
    return requireNonNull(
        catchThrowableOfType(UnavailableException.class, hasty::connect).getMessage());
  }

  private int grantCount() {
    return cluster.ask(each -> each.grants().size());
  }

  @Test
  void refused_connection_is_named_and_the_next_endpoint_is_taken() throws Exception {
    String closed = closedEndpoint();
    assertThat(problemOf(closed)).contains(closed).contains("Connection refused");
    try (Holdfast holdfast = client(closed + "," + node.endpoint()).connect()) {
      assertThat(holdfast.session().node()).contains("node-a");
    }
  }

  @Test
  void server_that_never_answers_is_left_after_the_connect_timeout() throws Exception {
    try (ServerSocket silent = listener()) {
      assertThat(problemOf(endpoint(silent)))
          .contains(endpoint(silent))
          .contains("did not attach the session in time");
      HoldfastBuilder both =
          client(endpoint(silent) + "," + node.endpoint()).connectTimeout(Duration.ofMillis(200));
      try (Holdfast holdfast = both.connect()) {
        assertThat(holdfast.lock("x").tryLock()).isTrue();
      }
    }
  }

  @Test
  void node_that_dies_in_the_middle_of_a_frame_costs_neither_session_nor_grant() throws Exception {
    Random random = new Random(SEED);
    System.out.println("GrpcNetworkTest: -Dholdfast.seed=" + SEED);
    try (TcpProxy proxy = new TcpProxy(node.port())) {
      proxy.cutNextAfter(random.nextInt(200)); // while the session is being opened
      try (Holdfast holdfast = client(proxy.endpoint()).connect()) {
        DistributedLock lock = holdfast.lock("x");
        long session = holdfast.session().id().orElseThrow().value();
        // A cut waits for as many bytes as it was given, so not every one falls into its round.
        for (int i = 0; i < 30 || (proxy.accepted() <= 10 && i < 300); i++) {
          proxy.cutPresentAfter(1 + random.nextInt(120));
          lock.lock();
          assertThat(grantCount()).as("seed %s, round %s", SEED, i).isEqualTo(1);
          lock.unlock();
          assertThat(grantCount()).as("seed %s, round %s", SEED, i).isZero();
        }
        assertThat(holdfast.session().id().orElseThrow().value()).isEqualTo(session);
        assertThat(proxy.accepted()).as("seed %s", SEED).isGreaterThan(10);
      }
    }
  }

  @Test
  void half_open_connection_is_left_before_jeopardy() throws Exception {
    List<SessionState> states = new ArrayList<>();
    try (TcpProxy first = new TcpProxy(node.port());
        LoopbackNode second = LoopbackNode.of(cluster, "b");
        Holdfast holdfast =
            client(first.endpoint() + "," + second.endpoint())
                .callbackExecutor(Runnable::run)
                .connect()) {
      holdfast.addSessionListener(
          new SessionListener() {
            @Override
            public void stateChanged(
                Session session, SessionState from, SessionState to, String why) {
              states.add(to);
            }
          });
      DistributedLock lock = holdfast.lock("x");
      lock.lock();
      first.silencePresent();
      await().until(() -> holdfast.session().node().equals(java.util.Optional.of("node-b")));
      assertThat(lock.isHeld()).isTrue();
      assertThat(states).doesNotContain(SessionState.JEOPARDY, SessionState.LOST);
      lock.unlock();
    }
  }

  @Test
  void port_that_speaks_tls_is_told_apart_from_a_node_that_is_down() throws Exception {
    try (ServerSocket tls = listener()) {
      Thread server = new Thread(() -> alertEverybody(tls), "tls-alert");
      server.setDaemon(true);
      server.start();
      assertThat(problemOf(endpoint(tls))).contains(endpoint(tls)).contains("TLS");
    }
  }

  @Test
  void port_that_closes_every_connection_is_asked_after() throws Exception {
    try (ServerSocket rude = listener()) {
      Thread server = new Thread(() -> hangUpOnEverybody(rude), "hang-up");
      server.setDaemon(true);
      server.start();
      assertThat(problemOf(endpoint(rude))).contains(endpoint(rude)).contains("TLS");
    }
  }

  /** What a TLS server says to a client that does not speak TLS: a fatal alert. */
  private static void alertEverybody(ServerSocket door) {
    try {
      while (true) {
        try (Socket client = door.accept()) {
          int _ = client.getInputStream().read(new byte[64]);
          client.getOutputStream().write(new byte[] {0x15, 3, 3, 0, 2, 2, 10});
        }
      }
    } catch (IOException e) {
      requireClosed(door, e);
    }
  }

  private static void requireClosed(ServerSocket door, IOException failure) {
    if (!door.isClosed()) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void hangUpOnEverybody(ServerSocket door) {
    try {
      while (true) {
        try (Socket client = door.accept()) {
          int _ = client.getInputStream().read(new byte[64]);
        }
      }
    } catch (IOException e) {
      requireClosed(door, e);
    }
  }

  @Test
  void question_on_the_thread_that_reads_the_answers_is_refused() throws Exception {
    try (Holdfast holdfast = client(node.endpoint()).callbackExecutor(Runnable::run).connect()) {
      CompletableFuture<LockCheck> asked =
          holdfast
              .async()
              .acquire(AcquireRequest.of("x", Mode.X))
              .thenApply(grant -> holdfast.check("x"));
      assertThatThrownBy(() -> asked.get(5, TimeUnit.SECONDS))
          .hasCauseInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another callback executor");
    }
  }

  @Test
  void close_with_streams_open_leaves_no_thread() throws Exception {
    try (ServerSocket silent = listener()) {
      List<Holdfast> clients = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        clients.add(client(node.endpoint()).connect());
        clients.add(client(endpoint(silent)).build());
      }
      clients.get(0).lock("x").lock();
      CompletableFuture<Void> waiter =
          CompletableFuture.runAsync(() -> clients.get(2).lock("x").lock());
      await().until(() -> cluster.ask(each -> each.waitingCount()) == 1);
      clients.forEach(Holdfast::session);
      assertThat(threads()).hasSizeGreaterThanOrEqualTo(20);
      clients.get(2).close(); // before the one that it waits for
      clients.forEach(Holdfast::close);
      assertThatThrownBy(() -> waiter.get(5, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(SessionExpiredException.class);
      await().untilAsserted(() -> assertThat(threads()).isEmpty());
      int sessions = cluster.ask(each -> each.sessionIds().size());
      assertThat(sessions).isZero();
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("holdfast-session-") && !name.endsWith("-fake"))
        .toList();
  }
}
