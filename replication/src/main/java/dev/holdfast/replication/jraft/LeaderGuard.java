package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import dev.holdfast.replication.ExitCode;
import dev.holdfast.replication.FatalHandler;
import dev.holdfast.replication.ReplicationConfig;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the node to its {@link CommitWatchdog} and does what that says, and sees to it that the
 * engine forgets no peer.
 */
final class LeaderGuard {
  private static final Logger log = LoggerFactory.getLogger(LeaderGuard.class);

  static final long LOOK_MILLIS = 500;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EngineNode engine;
  private final AppendTraffic appends;
  private final IntSupplier outstanding;
  private final LongSupplier appliedIndex;
  private final FatalHandler fatalHandler;
  private final CommitWatchdog watchdog;
  private final long answerNanos;
  private final Consumer<PeerId> beginAnew;
  private List<PeerId> forgottenBefore = List.of();

  LeaderGuard(
      ReplicationConfig config,
      EngineNode engine,
      AppendTraffic appends,
      IntSupplier outstanding,
      LongSupplier appliedIndex,
      Consumer<PeerId> beginAnew,
      FatalHandler fatalHandler) {
    this.engine = engine;
    this.appends = appends;
    this.outstanding = outstanding;
    this.appliedIndex = appliedIndex;
    this.beginAnew = beginAnew;
    this.fatalHandler = fatalHandler;
    this.watchdog =
        new CommitWatchdog(
            CommitWatchdog.limitNanos(config.electionTimeoutMillis()), System.nanoTime());
    this.answerNanos = TimeUnit.MILLISECONDS.toNanos(config.electionTimeoutMillis());
  }

  /** Looks once. Must not wait for the engine's lock, which may be what is stuck. */
  void look() {
    long now = System.nanoTime();
    lookForForgotten(now);
    CommitWatchdog.Sight sight =
        new CommitWatchdog.Sight(
            engine.leads(), outstanding.getAsInt(), appliedIndex.getAsLong(), majorityAnswers(now));
    switch (watchdog.look(sight, now)) {
      case FINE -> {
        // Nothing to do.
      }
      case HAND_OVER -> handOver(sight);
      case GIVE_UP ->
          fatalHandler.onFatal(
              ExitCode.COMMIT_STUCK,
              "nothing was committed although a majority answers, and the leadership could not be"
                  + " handed over: "
                  + sight,
              null);
    }
  }

  /** Who is forgotten at two looks in a row; at one it may be that this process stood still. */
  private void lookForForgotten(long now) {
    List<PeerId> forgotten = appends.forgotten(Math.max(answerNanos, PATIENCE_NANOS), now);
    for (PeerId peer : forgotten) {
      if (forgottenBefore.contains(peer)) {
        log.warn("Nothing is sent to {} any more although it answers; beginning anew", peer);
        beginAnew.accept(peer);
      }
    }
    forgottenBefore = forgotten;
  }

  private boolean majorityAnswers(long now) {
    List<PeerId> voters = appends.members();
    Long answered = appends.majorityAnsweredNanos(voters, engine.id(), now);
    return answered != null && now - answered <= answerNanos;
  }

  private void handOver(CommitWatchdog.Sight sight) {
    log.error("This leader commits nothing although a majority answers ({}); handing over", sight);
    Thread thread =
        new Thread(
            () -> engine.node().transferLeadershipTo(PeerId.ANY_PEER),
            "holdfast-handover-" + Peers.name(engine.id()));
    thread.setDaemon(true);
    thread.start();
  }
}
