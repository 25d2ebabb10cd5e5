package dev.holdfast.server.node;

import static dev.holdfast.server.node.RefusalDetail.refused;

import dev.holdfast.protocol.v1.Move;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.protocol.v1.WatchStarted;
import dev.holdfast.server.watch.WatchDesk;
import dev.holdfast.server.watch.WatchLimits;
import dev.holdfast.server.watch.WatchStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets watchers in and out of a node: nobody while it has no leader or is about to stop, and nobody
 * before its map has everything that was acknowledged when he came.
 */
final class Watchers {
  private final NodeIdentity identity;
  private final WatchDesk desk;
  private final ReadBarrier barrier;
  private final LeaderWatch leaderWatch;
  private final Announcer announcer;
  private final NanoClock nanos;
  private boolean stopping;

  Watchers(
      NodeIdentity identity,
      WatchLimits limits,
      ReadBarrier barrier,
      LeaderWatch leaderWatch,
      Announcer announcer,
      NanoClock nanos) {
    this.identity = identity;
    this.desk = new WatchDesk(limits);
    this.barrier = barrier;
    this.leaderWatch = leaderWatch;
    this.announcer = announcer;
    this.nanos = nanos;
  }

  void onRequest(WatchStream stream, WatchRequest request) {
    Refused problem = problem();
    if (problem == null) {
      problem = desk.take(stream, request);
    }
    if (problem != null) {
      desk.refuse(stream, problem);
      return;
    }
    barrier.await(
        passage -> {
          if (desk.isWaiting(stream)) {
            switch (passage) {
              case PASSED -> desk.begin(stream, started(), nanos.nanoTime());
              case NO_LEADER -> desk.refuse(stream, noLeader());
              case OVERLOADED -> desk.refuse(stream, refused(RefusalReason.OVERLOADED));
            }
          }
        });
  }

  private @Nullable Refused problem() {
    if (stopping) {
      return refused(RefusalReason.NODE_STOPPING);
    }
    return leaderWatch.isCutOff(nanos.nanoTime()) ? noLeader() : null;
  }

  private Refused noLeader() {
    return RefusalDetail.noLeader(otherEndpoints());
  }

  private List<String> otherEndpoints() {
    return announcer.otherEndpoints(leaderWatch.leader());
  }

  private WatchStarted started() {
    return WatchStarted.newBuilder()
        .setNodeId(identity.id().value())
        .addEndpoints(identity.clientEndpoint())
        .addAllEndpoints(otherEndpoints())
        .build();
  }

  void onReady(WatchStream stream) {
    desk.onReady(stream);
  }

  void onGone(WatchStream stream) {
    desk.onGone(stream);
  }

  void onApplied(AppliedEntry entry) {
    desk.onApplied(
        entry.applied().events(), entry.applied().revision(), entry.applied().clockMillis());
  }

  void onRestored(long revision) {
    desk.onRestored(revision);
  }

  void moveAll(String detail) {
    desk.moveAll(Move.newBuilder().addAllEndpoints(otherEndpoints()).setDetail(detail).build());
  }

  void stop() {
    stopping = true;
  }

  void flush() {
    desk.flush(nanos.nanoTime());
  }

  long nanosUntilDue(long nowNanos) {
    return desk.nanosUntilDue(nowNanos);
  }
}
