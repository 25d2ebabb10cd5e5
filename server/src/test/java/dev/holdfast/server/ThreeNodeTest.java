package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.CheckReply;
import dev.holdfast.protocol.v1.CheckRequest;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Consistency;
import dev.holdfast.protocol.v1.DumpChunk;
import dev.holdfast.protocol.v1.DumpRequest;
import dev.holdfast.protocol.v1.ForceReleaseReply;
import dev.holdfast.protocol.v1.ForceReleaseRequest;
import dev.holdfast.protocol.v1.LossReason;
import dev.holdfast.protocol.v1.LostGrant;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.RemoveMemberRequest;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.StatusReply;
import dev.holdfast.protocol.v1.StatusRequest;
import dev.holdfast.protocol.v1.TakeSnapshotRequest;
import dev.holdfast.protocol.v1.TransferLeadershipRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreeNodeTest {
  private static final Metadata.Key<String> LEADER =
      Metadata.Key.of("holdfast-leader", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir private Path data;
  private TestCluster cluster;
  private final Map<String, RawClient> clients = new HashMap<>();

  @BeforeEach
  void startNodes() throws Exception {
    cluster = TestCluster.start(data, 3);
    cluster.nodes().forEach(id -> clients.put(id, cluster.client(id)));
  }

  @AfterEach
  void stopNodes() {
    clients.values().forEach(RawClient::close);
    cluster.close();
    assertThat(cluster.failures()).isEmpty();
  }

  private RawClient client(String id) {
    return clients.get(id);
  }

  private static CheckRequest check(String lock, Consistency consistency) {
    return CheckRequest.newBuilder().setLock(lock).setConsistency(consistency).build();
  }

  private StatusReply status(String id) {
    return client(id).cluster().status(StatusRequest.getDefaultInstance());
  }

  @Test
  void every_node_serves_and_shows_at_once_what_it_has_answered() {
    for (String id : cluster.nodes()) {
      RawStream session = client(id).open(10_000);
      for (int i = 0; i < 50; i++) {
        long token = session.acquired("lock/" + id + i);
        CheckReply local = client(id).locks().check(check("lock/" + id + i, Consistency.LOCAL));
        assertThat(local.getHolders(0).getHolder().getToken()).isEqualTo(token);
        assertThat(local.getLabel().getConsistency()).isEqualTo(Consistency.LOCAL);
      }
      session.renew(1);
      assertThat(session.next(frame -> frame.getRenewalsCount() > 0).getRenewalsCount()).isOne();
      for (String other : cluster.nodes()) {
        CheckReply everywhere =
            client(other).locks().check(check("lock/" + id + 49, Consistency.LINEARIZABLE));
        assertThat(everywhere.getHoldersCount()).isOne();
      }
      session.cutOff();
    }
    requireEqualMaps();
  }

  private void requireEqualMaps() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              Set<ByteString> hashes = new HashSet<>();
              Set<List<String>> dumps = new HashSet<>();
              for (String id : cluster.nodes()) {
                hashes.add(status(id).getStateHash());
                dumps.add(dump(id));
              }
              assertThat(hashes).hasSize(1);
              assertThat(dumps).hasSize(1);
            });
  }

  private List<String> dump(String id) {
    List<String> lines = new ArrayList<>();
    client(id)
        .cluster()
        .dump(DumpRequest.newBuilder().setConsistency(Consistency.LOCAL).build())
        .forEachRemaining(
            (DumpChunk chunk) ->
                chunk
                    .getHoldersList()
                    .forEach(grant -> lines.add(grant.getLock() + " " + grant.getHolder())));
    return lines;
  }

  @Test
  void a_waiting_request_keeps_its_place_when_its_client_goes_to_another_node() {
    RawStream holder = client("n1").open(60_000);
    long token = holder.acquired("place");
    UUID secret = UUID.randomUUID();
    RawStream first = client("n2").stream();
    first.send(RawClient.openFrame(UUID.randomUUID(), secret, 60_000));
    long session = first.next(NodeFrame::hasAttached).getAttached().getSessionId();
    long sequence = first.acquire("place", -1);
    long ticket = first.answer(sequence).getQueued().getTicket();
    RawStream later = client("n1").open(60_000);
    long laterSequence = later.acquire("place", -1);
    assertThat(later.answer(laterSequence).hasQueued()).isTrue();
    first.cutOff();

    RawStream resumed = client("n3").stream();
    resumed.send(
        RawClient.resumeFrame(session, secret).toBuilder()
            .addRequests(
                Request.newBuilder()
                    .setSequence(sequence)
                    .setAcquire(RawStream.acquireX("place", -1)))
            .build());
    assertThat(resumed.answer(sequence).getQueued().getTicket()).isEqualTo(ticket);
    holder.release(token);
    long granted = resumed.answer(sequence).getGranted().getToken();
    assertThat(granted).isGreaterThan(token);
    resumed.send(
        ClientFrame.newBuilder()
            .addRequests(
                Request.newBuilder()
                    .setSequence(sequence + 1)
                    .setRelease(dev.holdfast.protocol.v1.Release.newBuilder().setToken(granted)))
            .build());
    assertThat(later.finalAnswer(laterSequence).getGranted().getToken()).isGreaterThan(granted);
  }

  @Test
  void a_stopping_leader_sends_its_sessions_away_and_everything_goes_on() {
    String leader = cluster.leader();
    String follower = cluster.follower();
    UUID secret = UUID.randomUUID();
    RawStream session = client(leader).stream();
    session.send(RawClient.openFrame(UUID.randomUUID(), secret, 60_000));
    long id = session.next(NodeFrame::hasAttached).getAttached().getSessionId();
    long token = session.acquired("kept");
    RawStream other = client(follower).open(60_000);
    long waiting = other.acquire("kept", -1);
    assertThat(other.answer(waiting).hasQueued()).isTrue();

    long began = System.nanoTime();
    cluster.stopNode(leader);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    NodeFrame moved = session.next(NodeFrame::hasMove);
    assertThat(moved.getMove().getDetail()).contains("stopping");
    assertThat(moved.getMove().getEndpointsList())
        .contains("127.0.0.1:" + cluster.clientPort(follower))
        .doesNotContain("127.0.0.1:" + cluster.clientPort(leader));

    RawStream resumed = client(follower).stream();
    resumed.send(RawClient.resumeFrame(id, secret));
    resumed.next(NodeFrame::hasAttached);
    resumed.send(
        ClientFrame.newBuilder()
            .addRequests(
                Request.newBuilder()
                    .setSequence(2)
                    .setRelease(dev.holdfast.protocol.v1.Release.newBuilder().setToken(token)))
            .build());
    assertThat(resumed.finalAnswer(2).hasReleased()).isTrue();
    assertThat(other.finalAnswer(waiting).getGranted().getToken()).isGreaterThan(token);
  }

  @Test
  void a_node_alone_sends_its_clients_away_and_answers_what_it_can() {
    String alone = cluster.follower();
    RawStream session = client(alone).open(60_000);
    session.acquired("seen");
    cluster.nodes().stream().filter(id -> !id.equals(alone)).forEach(cluster::stopNode);
    assertThat(session.next(NodeFrame::hasMove).getMove().getDetail()).contains("leader");
    RawStream other = client(alone).stream();
    other.send(RawClient.openFrame(UUID.randomUUID(), UUID.randomUUID(), 60_000));
    NodeFrame refused = other.next(NodeFrame::hasRefused);
    assertThat(refused.getRefused().getReason()).isEqualTo(RefusalReason.NO_LEADER);
    assertThat(refused.getRefused().getDetail()).contains("another node", "127.0.0.1:");
    CheckReply local = client(alone).locks().check(check("seen", Consistency.LOCAL));
    assertThat(local.getHoldersCount()).isOne();
    assertThat(local.getLabel().getLeaderHeardMillisAgo()).isGreaterThan(1_000);
    assertThat(dump(alone)).hasSize(1);
    assertThatThrownBy(() -> client(alone).locks().check(check("seen", Consistency.LINEARIZABLE)))
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("NO_LEADER");
    session.acquire("not now", 0);
    assertThat(session.isOpen()).isTrue();
  }

  @Test
  void a_node_that_comes_back_has_everything() throws Exception {
    RawStream session = client("n1").open(60_000);
    long token = session.acquired("over restarts");
    String restarted = cluster.follower();
    cluster.stopNode(restarted);
    RawClient served = client(cluster.leader());
    RawStream meanwhile = served.open(60_000);
    meanwhile.acquired("meanwhile");
    served.cluster().takeSnapshot(TakeSnapshotRequest.getDefaultInstance());
    cluster.startNode(restarted);
    cluster.awaitReady();
    RawClient back = client(restarted);
    assertThat(
            back.locks()
                .check(check("over restarts", Consistency.LINEARIZABLE))
                .getHolders(0)
                .getHolder()
                .getToken())
        .isEqualTo(token);
    requireEqualMaps();
  }

  @Test
  void the_leadership_is_handed_over_on_demand() {
    String leader = cluster.leader();
    String to = cluster.follower();
    assertThatThrownBy(
            () ->
                client(to)
                    .cluster()
                    .transferLeadership(TransferLeadershipRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused -> {
              assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
              assertThat(refused.getTrailers()).isNotNull();
              assertThat(refused.getTrailers().get(LEADER))
                  .isEqualTo("127.0.0.1:" + cluster.clientPort(leader));
              assertThat(refused.getStatus().getDescription()).contains(leader);
            });
    assertThatThrownBy(
            () ->
                client(to)
                    .cluster()
                    .removeMember(RemoveMemberRequest.newBuilder().setNodeId(leader).build()))
        .hasMessageContaining("FAILED_PRECONDITION");
    StatusReply after =
        client(leader)
            .cluster()
            .transferLeadership(TransferLeadershipRequest.newBuilder().setNodeId(to).build());
    assertThat(after.getLeaderId()).isEqualTo(to);
    RawStream session = client(leader).open(10_000);
    assertThat(session.acquired("after the transfer")).isPositive();
  }

  @Test
  void status_tells_who_is_where() {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              for (String id : cluster.nodes()) {
                StatusReply status = status(id);
                assertThat(status.getNodeId()).isEqualTo(id);
                assertThat(status.getLeaderId()).isEqualTo(cluster.leader());
                assertThat(status.getLeaderEndpoint())
                    .isEqualTo("127.0.0.1:" + cluster.clientPort(cluster.leader()));
                assertThat(status.getMembersList())
                    .hasSize(3)
                    .allSatisfy(
                        member -> {
                          assertThat(member.getClientEndpoint())
                              .endsWith(":" + cluster.clientPort(member.getNodeId()));
                          assertThat(member.getRevision()).isGreaterThanOrEqualTo(0);
                        });
              }
            });
  }

  @Test
  void a_force_release_at_any_node_reaches_the_victim_and_the_next_in_line() {
    RawStream victim = client("n1").open(60_000);
    long token = victim.acquired("taken");
    RawStream next = client("n2").open(60_000);
    long sequence = next.acquire("taken", -1);
    assertThat(next.answer(sequence).hasQueued()).isTrue();
    ForceReleaseRequest.Builder request =
        ForceReleaseRequest.newBuilder()
            .setLock("taken")
            .setToken(token)
            .setOperator("ada")
            .setReason("stuck")
            .setOperationId(RawClient.bytes(UUID.randomUUID()));
    ForceReleaseReply dry =
        client("n3").cluster().forceRelease(request.clone().setDryRun(true).build());
    assertThat(dry.getReleased()).isFalse();
    assertThat(dry.getVictim().getHolder().getToken()).isEqualTo(token);
    assertThat(dry.getLocksList()).containsExactly("taken");
    assertThat(dry.getNext(0).getSessionId()).isEqualTo(next.sessionId());
    assertThat(client("n3").cluster().forceRelease(request.build()).getReleased()).isTrue();
    assertThat(client("n3").cluster().forceRelease(request.build()).getReleased())
        .as("done once, answered again")
        .isTrue();
    LostGrant lost = victim.next(frame -> frame.getLostGrantsCount() > 0).getLostGrants(0);
    assertThat(lost.getToken()).isEqualTo(token);
    assertThat(lost.getReason()).isEqualTo(LossReason.LOSS_FORCE_RELEASED);
    assertThat(lost.getOperator()).isEqualTo("ada");
    assertThat(next.finalAnswer(sequence).getGranted().getToken()).isGreaterThan(token);
    ForceReleaseReply stale =
        client("n3")
            .cluster()
            .forceRelease(request.setOperationId(RawClient.bytes(UUID.randomUUID())).build());
    assertThat(stale.getReleased()).isFalse();
    assertThat(stale.getRefused().getReason()).isEqualTo(RefusalReason.STALE_TOKEN);
    assertThat(stale.getRefused().getDetail()).contains("held with token");
  }

  @Test
  void a_lease_that_runs_out_is_told_to_its_holder() {
    RawStream holder = client(cluster.follower()).open(60_000);
    long sequence =
        holder.request(
            Request.newBuilder().setAcquire(RawStream.acquireX("leased", 0).setLeaseMillis(700)));
    long token = holder.finalAnswer(sequence).getGranted().getToken();
    LostGrant lost = holder.next(frame -> frame.getLostGrantsCount() > 0).getLostGrants(0);
    assertThat(lost.getToken()).isEqualTo(token);
    assertThat(lost.getReason()).isEqualTo(LossReason.LOSS_LEASE_EXPIRED);
  }
}
