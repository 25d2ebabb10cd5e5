package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.PeerId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the leadership away before a node stops, so that nobody has to notice its silence. */
final class Handover {
  private static final Logger log = LoggerFactory.getLogger(Handover.class);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private Handover() {}

  /** Returns as soon as this node no longer leads, after three election time-outs at the latest. */
  static void handOver(EngineNode engine, int electionTimeoutMillis) {
    if (!engine.leads() || engine.configuration().size() < 2) {
      return;
    }
    Status status = engine.node().transferLeadershipTo(PeerId.ANY_PEER);
    if (!status.isOk()) {
      log.info("The leadership was not handed over: {}", status);
      return;
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3L * electionTimeoutMillis);
    while (engine.leads() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
