package dev.holdfast.replication.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.replication.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerTransportTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");

  private long lastProcess;
  private final Peer peer1 = new Peer(N1, freeAddress());
  private final Peer peer2 = new Peer(N2, freeAddress());
  private final List<Integer> arrived = new CopyOnWriteArrayList<>();
  private PeerTransport first = transport("c", peer1);
  private PeerTransport second = transport("c", peer2);

  @BeforeEach
  void open() throws IOException {
    first.open(new Echo(), new Echo());
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  @Test
  void requests_arrive_in_the_order_of_the_calls_and_are_answered() throws Exception {
    second.open(new Echo(), new Echo());
    assertThat(first.engineLinks().awaitUp(peer2, 5_000)).isTrue();
    BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    for (int i = 0; i < 5_000; i++) {
      first
          .engineLinks()
          .request(
              peer2,
              number(i),
              5_000,
              (frame, failure) -> answers.add(frame == null ? -1 : number(frame)));
    }
    for (int i = 0; i < 5_000; i++) {
      assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
    }
    assertThat(arrived).isEqualTo(IntStream.range(0, 5_000).boxed().toList());
  }

  @Test
  void silent_peer_costs_no_more_than_the_time_asked_for() throws Exception {
    // It accepts connections and never says a word.
    try (ServerSocket silent =
        new ServerSocket(peer2.address().port(), 10, InetAddress.getLoopbackAddress())) {
      long start = System.nanoTime();
      assertThat(first.engineLinks().awaitUp(peer2, 100)).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(400));
      assertThat(silent.isClosed()).isFalse();
    }
  }

  @Test
  void link_comes_back_with_its_peer() throws Exception {
    first.keepLinks(Set.of(peer2));
    List<String> news = new CopyOnWriteArrayList<>();
    first.messages().onPeerConnected(node -> news.add("+" + node));
    first.messages().onPeerDisconnected(node -> news.add("-" + node));
    assertThat(first.messages().send(N2, new byte[1])).isFalse();
    second.open(new Echo(), new Echo());
    await().atMost(PATIENCE).until(() -> news.contains("+n2"));
    second.close();
    await().atMost(PATIENCE).until(() -> news.contains("-n2"));
    second = transport("c", peer2);
    second.open(new Echo(), new Echo());
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(news).containsExactly("+n2", "-n2", "+n2"));
  }

  @Test
  void messages_arrive_in_order() throws Exception {
    BlockingQueue<Integer> messages = new LinkedBlockingQueue<>();
    second.messages().onMessage((from, body) -> messages.add(ByteBuffer.wrap(body).getInt()));
    second.open(new Echo(), new Echo());
    first.keepLinks(Set.of(peer2));
    await().atMost(PATIENCE).until(() -> first.messages().send(N2, intBytes(0)));
    for (int i = 1; i < 1_000; i++) {
      assertThat(first.messages().send(N2, intBytes(i))).isTrue();
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(messages.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
    }
  }

  @Test
  void node_of_another_cluster_and_node_of_another_name_are_turned_away() throws Exception {
    second = transport("another", peer2);
    second.open(new Echo(), new Echo());
    assertThat(first.engineLinks().awaitUp(peer2, 2_000)).isFalse();
    Peer wrongName = new Peer(new NodeId("n9"), peer1.address());
    assertThat(first.engineLinks().awaitUp(wrongName, 2_000)).isFalse();
  }

  @Test
  void second_process_of_a_node_is_turned_away_until_the_first_has_ended() throws Exception {
    second.open(new Echo(), new Echo());
    second.keepLinks(Set.of(peer1));
    assertThat(second.awaitWelcome()).isEmpty();
    Peer elsewhere = new Peer(N2, freeAddress());
    try (PeerTransport copy = transport("c", elsewhere)) {
      copy.open(new Echo(), new Echo());
      copy.keepLinks(Set.of(peer1));
      assertThat(copy.awaitWelcome())
          .hasValueSatisfying(
              who ->
                  assertThat(who)
                      .contains(peer1.toString(), "at " + peer2.address(), "from 127.0.0.1:"));
      assertThat(first.engineLinks().awaitUp(elsewhere, 2_000))
          .as("asked at its own address")
          .isFalse();
      assertThat(second.engineLinks().isUp(peer1)).isTrue();
      second.close();
      await().atMost(PATIENCE).until(() -> copy.engineLinks().isUp(peer1));
    }
  }

  @Test
  void restarted_process_is_welcome_at_once() throws Exception {
    for (int life = 1; life <= 5; life++) {
      second.open(new Echo(), new Echo());
      second.keepLinks(Set.of(peer1));
      assertThat(second.awaitWelcome()).isEmpty();
      await().atMost(PATIENCE).until(() -> second.engineLinks().isUp(peer1));
      second.close();
      second = transport("c", peer2);
    }
  }

  @Test
  void request_ends_when_its_time_is_over() throws Exception {
    second.open(new Mute(), new Mute());
    assertThat(first.engineLinks().awaitUp(peer2, 5_000)).isTrue();
    BlockingQueue<Boolean> timedOut = new LinkedBlockingQueue<>();
    first
        .engineLinks()
        .request(
            peer2,
            number(1),
            200,
            (frame, failure) -> timedOut.add(failure != null && failure.timedOut()));
    assertThat(timedOut.poll(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void link_that_is_ended_while_somebody_sends_throws_at_nobody() throws Exception {
    second.open(new Echo(), new Echo());
    AtomicBoolean over = new AtomicBoolean();
    LongAdder asked = new LongAdder();
    LongAdder heard = new LongAdder();
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              while (!over.get()) {
                if (asked.sum() - heard.sum() > 1_000) {
                  Thread.onSpinWait();
                  continue;
                }
                asked.increment();
                first
                    .engineLinks()
                    .request(peer2, number(1), 5_000, (frame, failure) -> heard.increment());
              }
            });
    for (int i = 0; i < 20; i++) {
      await()
          .pollInterval(Duration.ofMillis(1))
          .atMost(PATIENCE)
          .until(() -> first.engineLinks().connect(peer2) || sender.isDone());
      first.engineLinks().disconnect(peer2);
    }
    over.set(true);
    sender.get(20, TimeUnit.SECONDS);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(heard.sum()).isEqualTo(asked.sum()));
  }

  private PeerTransport transport(String cluster, Peer self) {
    return new PeerTransport(cluster, self, new ProcessNumber(++lastProcess), self.address(), null);
  }

  private static PeerAddress freeAddress() {
    return new PeerAddress("127.0.0.1", Ports.next());
  }

  private static byte[] intBytes(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static byte[] number(int number) {
    return Frame.of(7, intBytes(number));
  }

  private static int number(byte[] frame) {
    return ByteBuffer.wrap(Frame.body(frame)).getInt();
  }

  private class Echo implements RequestHandler {
    @Override
    public void onRequest(InboundStream stream, byte[] frame) {
      arrived.add(number(frame));
      stream.respond(frame, Frame.of(7, Frame.body(frame)));
    }

    @Override
    public void onClosed(InboundStream stream) {}
  }

  private static final class Mute implements RequestHandler {
    @Override
    public void onRequest(InboundStream stream, byte[] frame) {}

    @Override
    public void onClosed(InboundStream stream) {}
  }
}
