package dev.holdfast.replication.jraft;

import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.Replica;
import dev.holdfast.replication.ReplicatedLog;
import dev.holdfast.replication.ReplicationConfig;
import dev.holdfast.replication.SnapshotImage;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Measures the log. One process for each node:
 *
 * <pre>CommitLatencyMain node (1..3) folder basePort [propagate=true]</pre>
 *
 * <p>Whichever leads measures and prints; the others only follow. An entry carries the {@code
 * System.nanoTime} of its sending, which on one machine is the same clock in every process, so the
 * followers print after how long they applied it.
 */
public final class CommitLatencyMain {
  private static final int WARM_UP = 20_000;
  private static final int DEPENDENT = 10_000;
  private static final int LONE = 300;
  private static final int PIPELINED = Integer.getInteger("holdfast.bench.entries", 600_000);

  private CommitLatencyMain() {}

  public static void main(String[] args) throws Exception {
    int number = Integer.parseInt(args[0]);
    int port = Integer.parseInt(args[2]);
    List<Member> members = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      members.add(Member.initial(new NodeId("n" + i), "127.0.0.1:" + (port + i)));
    }
    ReplicationConfig config =
        ReplicationConfig.of(
                "bench", members.get(number - 1), members, Path.of(args[1], "n" + number))
            .withPropagateCommits(args.length < 4 || Boolean.parseBoolean(args[3]));
    Meter meter = new Meter();
    ReplicatedLog log =
        new JRaftLogFactory()
            .create(
                config,
                meter,
                (code, message, cause) -> {
                  System.err.println(code + " " + message);
                  Runtime.getRuntime().halt(1);
                });
    log.start();
    meter.gained.await();
    idle(log);
    dependent(log, meter, "warm-up", WARM_UP);
    dependent(log, meter, "dependent", DEPENDENT);
    lone(log, meter);
    for (int flight : new int[] {64, 64, 8, 2}) {
      pipelined(log, meter, flight, flight == 64 ? PIPELINED : PIPELINED / 4);
    }
    log.close();
  }

  /** CPU of this process and bytes of the log while nothing happens. */
  private static void idle(ReplicatedLog log) throws InterruptedException {
    int settle = Integer.getInteger("holdfast.bench.idleSeconds", 0);
    if (settle == 0) {
      return;
    }
    TimeUnit.SECONDS.sleep(settle);
    long cpuBefore = cpuNanos();
    TimeUnit.SECONDS.sleep(20);
    LogStatus status = log.status();
    System.out.printf(
        "idle leader: %.2f %% of a core, last entry %d%n",
        (cpuNanos() - cpuBefore) / 20e9 * 100, status.lastLogIndex());
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  private static void dependent(ReplicatedLog log, Meter meter, String what, int count)
      throws InterruptedException {
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      long sent = System.nanoTime();
      commit(log, meter, sent, 'd');
      nanos[i] = System.nanoTime() - sent;
    }
    print(what, nanos);
  }

  /** Entries with pauses in between, so that a follower learns of one only by a heartbeat. */
  private static void lone(ReplicatedLog log, Meter meter) throws InterruptedException {
    long[] nanos = new long[LONE];
    for (int i = 0; i < LONE; i++) {
      TimeUnit.MILLISECONDS.sleep(20);
      long sent = System.nanoTime();
      commit(log, meter, sent, 'l');
      nanos[i] = System.nanoTime() - sent;
    }
    print("lone (20 ms apart)", nanos);
    commit(log, meter, 0, 'p');
  }

  private static void commit(ReplicatedLog log, Meter meter, long sent, char kind)
      throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    log.propose(meter.term, entry(sent, kind), outcome -> done.countDown());
    done.await();
  }

  private static void pipelined(ReplicatedLog log, Meter meter, int flight, int count)
      throws InterruptedException {
    Semaphore slots = new Semaphore(flight);
    AtomicLong failed = new AtomicLong();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      slots.acquire();
      log.propose(
          meter.term,
          entry(0, 't'),
          outcome -> {
            if (outcome != ProposalOutcome.COMMITTED) {
              failed.incrementAndGet();
            }
            slots.release();
          });
    }
    slots.acquire(flight);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "%d in flight: %.0f entries/s, %d failed%n", flight, count / seconds, failed.get());
  }

  private static byte[] entry(long sent, char kind) {
    return ByteBuffer.allocate(64).putLong(sent).putChar(kind).array();
  }

  private static void print(String what, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        "%s: p50 %.3f ms, p90 %.3f, p99 %.3f, max %.3f%n",
        what,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 9 / 10] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6,
        nanos[nanos.length - 1] / 1e6);
  }

  private static final class Meter implements Replica {
    private final CountDownLatch gained = new CountDownLatch(1);
    private final List<Long> lone = new ArrayList<>();
    private volatile long term;

    @Override
    public void apply(long index, long term, ByteBuffer entry) {
      long sent = entry.getLong();
      char kind = entry.getChar();
      if (kind == 'l') {
        lone.add(System.nanoTime() - sent);
      } else if (kind == 'p') {
        print("lone entries applied here", lone.stream().mapToLong(Long::longValue).toArray());
      }
    }

    @Override
    public SnapshotImage snapshot() {
      return new SnapshotImage() {
        @Override
        public void writeTo(OutputStream out) {}

        @Override
        public long sizeHint() {
          return 0;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void restore(InputStream content) {}

    @Override
    public void onLeadershipGained(long newTerm) {
      term = newTerm;
      gained.countDown();
    }

    @Override
    public void onLeadershipLost(long lostTerm) {
      System.out.println("lost the leadership of term " + lostTerm);
    }

    @Override
    public void onLeaderChanged(@Nullable NodeId leader, long newTerm) {}
  }
}
