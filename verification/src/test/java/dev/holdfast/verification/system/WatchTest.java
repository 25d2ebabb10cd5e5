package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockEvent;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import dev.holdfast.client.Watch;
import dev.holdfast.client.WatchListener;
import dev.holdfast.client.WatchTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Watchers of a real cluster, whichever of its nodes is killed. */
@Timeout(180)
final class WatchTest {
  private static final int PAIRS = 50;

  @RegisterExtension final Clusters clusters = Clusters.forEachTest();

  /** Remembers what it is told. */
  private static final class Told implements WatchListener {
    final List<LockEvent> events = new CopyOnWriteArrayList<>();
    final List<Long> resyncs = new CopyOnWriteArrayList<>();
    final List<Long> starts = new CopyOnWriteArrayList<>();
    final List<String> disturbances = new CopyOnWriteArrayList<>();

    @Override
    public void happened(LockEvent event) {
      events.add(event);
    }

    @Override
    public void resync(long revision) {
      resyncs.add(revision);
    }

    @Override
    public void started(long revision) {
      starts.add(revision);
    }

    @Override
    public void disturbed(String why) {
      disturbances.add(why);
    }

    List<Long> granted() {
      List<Long> tokens = new ArrayList<>();
      for (LockEvent event : events) {
        if (event instanceof LockEvent.Granted granted) {
          tokens.add(granted.token());
        }
      }
      return tokens;
    }

    List<Long> released() {
      List<Long> tokens = new ArrayList<>();
      for (LockEvent event : events) {
        if (event instanceof LockEvent.Released released) {
          tokens.add(released.token());
        }
      }
      return tokens;
    }
  }

  @Test
  void a_watcher_sees_every_event_once_although_every_node_is_killed_in_turn() throws Exception {
    RealCluster cluster = clusters.start(3);
    Holdfast client = cluster.client();
    Told told = new Told();
    Told elsewhere = new Told();
    List<Long> tokens = new ArrayList<>();
    try (Watch _ = client.watch(WatchTarget.below("watched"), 0, told);
        Watch _ = client.watch("watchedtoo", elsewhere)) {
      await().atMost(RealCluster.PATIENCE).until(() -> !told.starts.isEmpty());
      for (String node : cluster.nodes()) {
        lockAndRelease(client, tokens);
        cluster.kill(node);
        lockAndRelease(client, tokens);
        cluster.start(node);
        cluster.awaitReady();
      }
      lockAndRelease(client, tokens);
      await().atMost(RealCluster.PATIENCE).until(() -> told.released().size() >= tokens.size());
    }
    assertThat(told.granted()).isEqualTo(tokens);
    assertThat(told.released()).isEqualTo(tokens);
    assertThat(told.events)
        .extracting(LockEvent::revision)
        .isSorted()
        .allSatisfy(revision -> assertThat(revision).isGreaterThan(told.starts.get(0)));
    assertThat(told.resyncs).isEmpty();
    assertThat(told.disturbances).as("at least one of the killed nodes was its own").isNotEmpty();
    assertThat(elsewhere.events).isEmpty();

    assertThat(fromThePast(client, tokens.get(0), tokens.size()).granted()).isEqualTo(tokens);
  }

  private static void lockAndRelease(Holdfast client, List<Long> tokens) throws Exception {
    for (int i = 0; i < PAIRS; i++) {
      AcquireRequest request = AcquireRequest.of("watched/" + i % 7, Mode.X);
      LockGrant grant = client.async().acquire(request).get();
      tokens.add(grant.token().value());
      grant.release();
    }
  }

  private static Told fromThePast(Holdfast client, long revision, int count) {
    Told told = new Told();
    try (Watch _ = client.watch(WatchTarget.below("watched"), revision, told)) {
      await().atMost(RealCluster.PATIENCE).until(() -> told.released().size() >= count);
    }
    return told;
  }

  @Test
  void one_that_comes_after_a_snapshot_is_told_to_look() throws Exception {
    RealCluster cluster = clusters.start(1);
    Holdfast client = cluster.client();
    List<Long> tokens = new ArrayList<>();
    lockAndRelease(client, tokens);
    cluster.admin().snapshot(cluster.endpoint(cluster.nodes().get(0)));
    cluster.kill(cluster.nodes().get(0));
    cluster.start(cluster.nodes().get(0));
    cluster.awaitReady();
    Told told = new Told();
    try (Watch _ = client.watch(WatchTarget.below(""), tokens.get(0), told)) {
      await().atMost(RealCluster.PATIENCE).until(() -> !told.resyncs.isEmpty());
      lockAndRelease(client, tokens);
      await().atMost(RealCluster.PATIENCE).until(() -> told.released().size() >= PAIRS);
    }
    assertThat(told.resyncs).hasSize(1);
    assertThat(told.granted()).isEqualTo(tokens.subList(PAIRS, 2 * PAIRS));
  }
}
