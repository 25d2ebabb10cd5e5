package dev.holdfast.server;

import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answered;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.RenewFrame;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.SessionsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Puts load on running nodes, for a profiler to look at: {@code host:port,... workers sessions
 * seconds windows [shared]}. Each worker acquires and releases a lock of its own, or all of them
 * one lock, in a closed loop. Prints pairs a second and the time to acquire for each window.
 */
final class LoadMain {
  private static final long TTL_MILLIS = 30_000;
  private static final long RENEW_NANOS = 5_000_000_000L;

  /** A run must not wait for locks that an earlier one left behind. */
  private static final long RUN = ProcessHandle.current().pid();

  private static final double NANOS_PER_MILLI = 1e6;

  private LoadMain() {}

  public static void main(String[] args) {
    String[] endpoints = args[0].split(",", -1);
    int workers = Integer.parseInt(args[1]);
    int sessions = Integer.parseInt(args[2]);
    int seconds = Integer.parseInt(args[3]);
    int windows = Integer.parseInt(args[4]);
    boolean shared = args.length > 5;
    List<Session> all = new ArrayList<>();
    List<ManagedChannel> channels = new ArrayList<>();
    for (String endpoint : endpoints) {
      channels.add(NettyChannelBuilder.forTarget(endpoint).usePlaintext().directExecutor().build());
    }
    for (int i = 0; i < sessions; i++) {
      int share = workers / sessions + (i < workers % sessions ? 1 : 0);
      all.add(new Session(i, share, shared));
      all.get(i).start(channels.get(i % channels.size()));
    }
    for (int window = 0; window < windows; window++) {
      measure(all, seconds);
    }
    System.exit(0);
  }

  private static void measure(List<Session> sessions, int seconds) {
    long begin = System.nanoTime();
    sessions.forEach(Session::reset);
    while (System.nanoTime() - begin < seconds * 1_000_000_000L) {
      LockSupport.parkNanos(100_000_000L);
      sessions.forEach(Session::maybeRenew);
    }
    Histogram total = new Histogram(3);
    long pairs = 0;
    for (Session session : sessions) {
      synchronized (session) {
        total.add(session.acquireNanos);
        pairs += session.pairs;
      }
    }
    System.out.printf(
        "pairs/s %.0f  acquire p50 %.3f ms  p99 %.3f  max %.3f%n",
        pairs * 1e9 / (System.nanoTime() - begin),
        total.getValueAtPercentile(50) / NANOS_PER_MILLI,
        total.getValueAtPercentile(99) / NANOS_PER_MILLI,
        total.getMaxValue() / NANOS_PER_MILLI);
  }

  private static final class Session implements StreamObserver<NodeFrame> {
    private final int number;
    private final int workers;
    private final boolean shared;
    final Histogram acquireNanos = new Histogram(3);
    long pairs;
    private @Nullable StreamObserver<ClientFrame> requests;
    private final long[] sentNanos;
    private long nextSequence = 1;
    private long lastRenewNanos = System.nanoTime();
    private final java.util.Map<Long, Integer> workerBySequence = new java.util.HashMap<>();

    Session(int number, int workers, boolean shared) {
      this.number = number;
      this.workers = workers;
      this.shared = shared;
      this.sentNanos = new long[workers];
    }

    synchronized void start(ManagedChannel channel) {
      requests = SessionsGrpc.newStub(channel).attach(this);
      requests.onNext(RawClient.openFrame(UUID.randomUUID(), UUID.randomUUID(), TTL_MILLIS));
    }

    synchronized void reset() {
      acquireNanos.reset();
      pairs = 0;
    }

    synchronized void maybeRenew() {
      long now = System.nanoTime();
      if (requests != null && now - lastRenewNanos > RENEW_NANOS) {
        lastRenewNanos = now;
        requests.onNext(
            ClientFrame.newBuilder().addRenewals(RenewFrame.newBuilder().setNonce(now)).build());
      }
    }

    @Override
    public synchronized void onNext(NodeFrame frame) {
      ClientFrame.Builder next = ClientFrame.newBuilder();
      if (frame.hasAttached()) {
        for (int worker = 0; worker < workers; worker++) {
          acquire(next, worker);
        }
      }
      for (Answered answered : frame.getAnswersList()) {
        onAnswer(next, answered);
      }
      if (next.getRequestsCount() > 0 && requests != null) {
        long below = workerBySequence.keySet().stream().mapToLong(each -> each).min().orElse(1);
        requests.onNext(next.setAcknowledged(Acknowledged.newBuilder().setBelow(below)).build());
      }
    }

    private void onAnswer(ClientFrame.Builder next, Answered answered) {
      if (answered.getAnswer().hasQueued()) {
        return;
      }
      int worker = Objects.requireNonNull(workerBySequence.remove(answered.getSequence()));
      switch (answered.getAnswer().getResultCase()) {
        case GRANTED -> {
          acquireNanos.recordValue(System.nanoTime() - sentNanos[worker]);
          long sequence = nextSequence++;
          workerBySequence.put(sequence, worker);
          long token = answered.getAnswer().getGranted().getToken();
          next.addRequests(
              Request.newBuilder()
                  .setSequence(sequence)
                  .setRelease(Release.newBuilder().setToken(token)));
        }
        case RELEASED -> {
          pairs++;
          acquire(next, worker);
        }
        case QUEUED, REFUSED, APPENDED, HANDED_OVER, DONE, RESULT_NOT_SET ->
            throw new IllegalStateException("" + answered);
      }
    }

    private void acquire(ClientFrame.Builder next, int worker) {
      long sequence = nextSequence++;
      workerBySequence.put(sequence, worker);
      sentNanos[worker] = System.nanoTime();
      next.addRequests(
          Request.newBuilder()
              .setSequence(sequence)
              .setAcquire(
                  Acquire.newBuilder()
                      .setOwner("w" + worker)
                      .setWaitMillis(-1)
                      .addDemands(
                          Demand.newBuilder()
                              .setLock(
                                  shared
                                      ? "shared/" + RUN
                                      : "load/" + RUN + "/" + number + "/" + worker)
                              .setMode(LockMode.LOCK_MODE_X))));
    }

    @Override
    public void onError(Throwable problem) {
      System.err.println("session " + number + ": " + problem + ", " + problem.getCause());
    }

    @Override
    public void onCompleted() {
      System.err.println("session " + number + " was ended");
    }
  }
}
