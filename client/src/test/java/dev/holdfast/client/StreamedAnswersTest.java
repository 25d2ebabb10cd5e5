package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.client.fake.LoopbackNode;
import dev.holdfast.protocol.v1.ClusterGrpc;
import dev.holdfast.protocol.v1.DumpChunk;
import dev.holdfast.protocol.v1.DumpRequest;
import dev.holdfast.protocol.v1.ExportOwnershipRequest;
import dev.holdfast.protocol.v1.OwnershipFrame;
import dev.holdfast.protocol.v1.OwnershipGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Answers that come in parts, to somebody who gives up in the midst of them. */
class StreamedAnswersTest {
  private final CountDownLatch cancelled = new CountDownLatch(1);

  /** Sends a first part, and would have more. */
  private <T> void begin(StreamObserver<T> caller, T first) {
    ((ServerCallStreamObserver<T>) caller).setOnCancelHandler(cancelled::countDown);
    caller.onNext(first);
  }

  /** A map without end. */
  private final class Cluster extends ClusterGrpc.ClusterImplBase {
    @Override
    public void dump(DumpRequest question, StreamObserver<DumpChunk> caller) {
      begin(caller, DumpChunk.getDefaultInstance());
    }
  }

  /** A record without end. */
  private final class Ownership extends OwnershipGrpc.OwnershipImplBase {
    @Override
    public void exportOwnership(
        ExportOwnershipRequest question, StreamObserver<OwnershipFrame> caller) {
      begin(caller, OwnershipFrame.getDefaultInstance());
    }
  }

  private static void giveUp(Object part) {
    throw new IllegalStateException("enough of it after " + part);
  }

  @Test
  void node_is_told_that_nobody_reads_its_map_any_more() throws Exception {
    try (LoopbackNode node = new LoopbackNode(new Cluster());
        HoldfastAdmin admin = HoldfastAdmin.connect(node.endpoint())) {
      assertThatThrownBy(
              () -> admin.dump(node.endpoint(), Consistency.LOCAL, StreamedAnswersTest::giveUp))
          .isInstanceOf(IllegalStateException.class);
      assertThat(cancelled.await(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void node_is_told_that_nobody_reads_its_record_any_more() throws Exception {
    try (LoopbackNode node = new LoopbackNode(new Ownership());
        HoldfastAdmin admin = HoldfastAdmin.connect(node.endpoint())) {
      assertThatThrownBy(() -> admin.history().export(node.endpoint(), StreamedAnswersTest::giveUp))
          .isInstanceOf(IllegalStateException.class);
      assertThat(cancelled.await(5, TimeUnit.SECONDS)).isTrue();
    }
  }
}
