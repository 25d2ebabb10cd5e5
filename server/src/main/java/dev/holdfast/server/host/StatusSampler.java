package dev.holdfast.server.host;

import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.ReplicatedLog;
import dev.holdfast.replication.Role;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the log several times a second how it stands, on a thread of its own, because the answer may
 * have to wait for the engine.
 */
final class StatusSampler implements AutoCloseable {
  private static final long INTERVAL_NANOS = 250_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private record Sample(LogStatus status, long atNanos) {}

  private static final LogStatus NOT_ASKED_YET =
      new LogStatus(Role.STARTING, 0, null, 0, 0, 0, List.of(), Long.MAX_VALUE);

  private final ReplicatedLog log;
  private final Consumer<LogStatus> listener;
  private final Thread thread;
  private volatile @Nullable Sample sample;
  private volatile boolean closed;

  StatusSampler(String nodeId, ReplicatedLog log, Consumer<LogStatus> listener) {
    this.log = log;
    this.listener = listener;
    this.thread =
        Thread.ofPlatform().daemon().name("holdfast-status-" + nodeId).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  LogStatus recent() {
    Sample last = sample;
    return last == null ? NOT_ASKED_YET : last.status();
  }

  long leaderHeardMillisAgo() {
    Sample last = sample;
    if (last == null || last.status().leaderSilenceMillis() == Long.MAX_VALUE) {
      return -1;
    }
    long sinceMillis = (System.nanoTime() - last.atNanos()) / NANOS_PER_MILLI;
    return last.status().leaderSilenceMillis() + sinceMillis;
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!closed) {
      LogStatus status = log.status();
      sample = new Sample(status, System.nanoTime());
      listener.accept(status);
      LockSupport.parkNanos(this, INTERVAL_NANOS);
    }
  }
}
