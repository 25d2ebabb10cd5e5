package dev.holdfast.replication.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers to which the engine would send nothing any more, though they answer its heartbeats. */
class ForgottenPeerTest {
  private static final String PEER = "n2@127.0.0.1:1";

  @TempDir Path disks;

  /** The log that it lacks is cut off meanwhile, so that it needs a snapshot. */
  @Test
  void peer_that_refuses_a_heartbeat_before_an_append_gets_its_snapshot() throws Exception {
    try (TestCluster cluster = new TestCluster(disks, 3).startAll()) {
      cluster.commit("before");
      int away = cluster.aFollower();
      cluster.stop(away);
      try (RefusingFollower follower = new RefusingFollower("test", cluster.member(away))) {
        cluster.commit("there is something to send");
        follower.holdsAppend().get(30, TimeUnit.SECONDS);
        // Two snapshots, since the log is kept back to the one before the last; at both nodes, for
        // the other one may come to lead.
        for (int round = 0; round < 3; round++) {
          for (int i = 0; i < 20; i++) {
            cluster.commit(round + "." + i);
          }
          for (int node = 1; node <= 3; node++) {
            if (node != away) {
              RecordingReplica replica = cluster.node(node).replica();
              String last = round + ".19";
              await().atMost(TestCluster.PATIENCE).until(() -> replica.entries().contains(last));
              cluster.node(node).log().takeSnapshot().get(10, TimeUnit.SECONDS);
            }
          }
        }
        follower.refuse();
        follower.tookSnapshot().get(30, TimeUnit.SECONDS);
        cluster.commit("something follows");
        assertThat(follower.followedSnapshot().get(30, TimeUnit.SECONDS)).isPositive();
      }
    }
  }

  @Test
  void replication_goes_on_with_a_peer_with_whom_it_begins_anew() throws Exception {
    try (TestCluster cluster =
        new TestCluster(disks, 3).tuned(config -> config.withElection(1_000, 300)).startAll()) {
      List<String> expected = new ArrayList<>();
      cluster.commit("before");
      expected.add("before");
      int leader = cluster.awaitLeader();
      JRaftLog log = (JRaftLog) cluster.node(leader).log();
      for (int i = 0; i < 10; i++) {
        int peer = i % 3 + 1;
        if (peer != leader) {
          log.beginAnew(Peers.toPeerId(cluster.member(peer)));
          cluster.commit("entry " + i);
          expected.add("entry " + i);
          cluster.awaitEntries(peer, expected);
        }
      }
      assertThat(cluster.awaitLeader()).isEqualTo(leader);
    }
  }

  @Test
  void peer_that_answers_heartbeats_and_lacks_what_nobody_sends_is_forgotten() {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      PeerId peer = EngineRpcClient.peer(PEER);
      AppendTraffic traffic = new AppendTraffic(false, timer);
      traffic.onMembers(List.of(peer));
      traffic.onLeading(true);
      traffic.onCommitted(10);
      AppendTraffic.Sent probe = traffic.onSend(append(10, true), null);
      assertThat(isForgottenAfterHeartbeat(traffic)).as("a probe is under way").isFalse();
      probe.onAnswer(answer(false));
      assertThat(isForgottenAfterHeartbeat(traffic)).isTrue();
      traffic.onLeading(false);
      assertThat(isForgottenAfterHeartbeat(traffic)).as("somebody else leads").isFalse();
      traffic.onLeading(true);
      traffic.onSend(append(10, true), null).onAnswer(answer(true));
      assertThat(isForgottenAfterHeartbeat(traffic)).as("it has all").isFalse();
      traffic.onCommitted(11);
      assertThat(isForgottenAfterHeartbeat(traffic)).isTrue();
    } finally {
      timer.shutdownNow();
    }
  }

  /** Nothing but a heartbeat since a moment ago, which is all the patience there is. */
  private static boolean isForgottenAfterHeartbeat(AppendTraffic traffic) {
    long before = System.nanoTime();
    AppendTraffic.Sent heartbeat = traffic.onSend(append(0, false), null);
    while (System.nanoTime() == before) {
      Thread.onSpinWait();
    }
    heartbeat.onAnswer(answer(true));
    long now = System.nanoTime();
    return !traffic.forgotten(now - before, now).isEmpty();
  }

  private static AppendEntriesRequest append(long previousIndex, boolean probe) {
    AppendEntriesRequest.Builder append =
        AppendEntriesRequest.newBuilder()
            .setGroupId("holdfast")
            .setServerId("n1@127.0.0.1:2")
            .setPeerId(PEER)
            .setTerm(3)
            .setPrevLogTerm(3)
            .setPrevLogIndex(previousIndex)
            .setCommittedIndex(10);
    return (probe ? append.setData(ByteString.EMPTY) : append).build();
  }

  private static AppendEntriesResponse answer(boolean success) {
    return AppendEntriesResponse.newBuilder()
        .setTerm(3)
        .setSuccess(success)
        .setLastLogIndex(1)
        .build();
  }
}
