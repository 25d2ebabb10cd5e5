package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.fake.LoopbackNode;
import dev.holdfast.protocol.v1.ElectionsGrpc;
import dev.holdfast.protocol.v1.LeaderReply;
import dev.holdfast.protocol.v1.LeaderRequest;
import dev.holdfast.protocol.v1.WatchFrame;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.protocol.v1.WatchStarted;
import dev.holdfast.protocol.v1.WatchesGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who observes an election of a cluster that cannot tell who leads. */
class ElectionWatchTest {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Begins every watch. */
  private static final class Watched extends WatchesGrpc.WatchesImplBase {
    @Override
    public void watch(WatchRequest request, StreamObserver<WatchFrame> caller) {
      caller.onNext(
          WatchFrame.newBuilder().setStarted(WatchStarted.newBuilder().setRevision(7)).build());
    }
  }

  /** Knows of no leader of the cluster. */
  private final class Leaderless extends ElectionsGrpc.ElectionsImplBase {
    @Override
    public void leader(LeaderRequest question, StreamObserver<LeaderReply> caller) {
      asked.countDown();
      caller.onError(
          Status.UNAVAILABLE.withDescription("NO_LEADER: none at present").asRuntimeException());
    }
  }

  /** Is told nothing but the end. */
  private final class Listener implements ElectionListener {
    @Override
    public void changed(Optional<Leader> leader) {
      throw new AssertionError("nobody has said so: " + leader);
    }

    @Override
    public void ended(@Nullable HoldfastException problem) {
      ended.countDown();
    }
  }

  @Test
  void watch_that_is_closed_ends_although_nobody_could_tell_it_who_leads() throws Exception {
    try (LoopbackNode node = new LoopbackNode(new Watched(), new Leaderless());
        HoldfastAdmin admin = HoldfastAdmin.connect(node.endpoint(), Duration.ofMillis(300))) {
      Watch watch = admin.observe("jobs/leader", new Listener());
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      watch.close();
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
