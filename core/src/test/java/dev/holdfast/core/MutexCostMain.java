package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures what a mutex costs the machine: nanoseconds for one acquire and its release, without log
 * or wire, and for a hand-off with a hundred thousand waiters. Not a test: run it before and after
 * a change, on a quiet machine, and compare.
 */
final class MutexCostMain {
  private static final int PAIRS = 100_000;
  private static final int NAMES = 1_000;
  private static final int ROUNDS = 25;
  private static final int WARM_UP = 5;
  private static final int SESSIONS = 100;
  private static final int CROWDS = 9;

  private MutexCostMain() {}

  public static void main(String[] arguments) {
    System.out.println("free, flat name:     " + measure(entries("lock", false)));
    System.out.println("free, 3 segments:    " + measure(entries("a/b/lock", false)));
    System.out.println("handed to a waiter:  " + measure(entries("lock", true)));
    System.out.println("of 100,000 waiters:  " + measureCrowd());
  }

  /** A queue of a hundred thousand at one lock, and then one hand-off after the other. */
  private static String measureCrowd() {
    List<LogEntry> entering = new ArrayList<>();
    long revision = 0;
    for (int i = 1; i <= SESSIONS; i++) {
      entering.add(entry(Command.newBuilder().setOpen(open(i)).build()));
      revision++;
    }
    long token = revision + 2;
    for (int i = 0; i <= PAIRS; i++) {
      long sequence = 1L + i / SESSIONS;
      entering.add(entry(request(acquire("lock", "t" + i, true), 1L + i % SESSIONS, sequence)));
    }
    revision += PAIRS + 2;
    List<LogEntry> leaving = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      long sequence = 10_000L + i / SESSIONS;
      leaving.add(entry(request(release(token), 1L + i % SESSIONS, sequence)));
      revision += 2;
      token = revision;
    }
    long[] entered = new long[CROWDS - 1];
    long[] left = new long[CROWDS - 1];
    for (int round = 0; round < CROWDS; round++) {
      LockStateMachine machine = new LockStateMachine();
      long begin = System.nanoTime();
      entering.forEach(machine::apply);
      long between = System.nanoTime();
      leaving.forEach(machine::apply);
      long end = System.nanoTime();
      if (machine.waitingCount() > 0) {
        throw new IllegalStateException("the tokens were not those that were foreseen");
      }
      if (round > 0) {
        entered[round - 1] = (between - begin) / PAIRS;
        left[round - 1] = (end - between) / PAIRS;
      }
    }
    return "to queue: " + told(entered) + "; a hand-off: " + told(left);
  }

  private static String told(long[] nanos) {
    Arrays.sort(nanos);
    return "median %d ns, fastest %d ns".formatted(nanos[nanos.length / 2], nanos[0]);
  }

  private static String measure(List<LogEntry> entries) {
    long[] nanos = new long[ROUNDS - WARM_UP];
    for (int round = 0; round < ROUNDS; round++) {
      LockStateMachine machine = new LockStateMachine();
      long begin = System.nanoTime();
      entries.forEach(machine::apply);
      long took = (System.nanoTime() - begin) / PAIRS;
      if (machine.lockCount() > 1) {
        throw new IllegalStateException("the tokens were not those that were foreseen");
      }
      if (round >= WARM_UP) {
        nanos[round - WARM_UP] = took;
      }
    }
    return told(nanos) + " a pair";
  }

  /** Acquire and release in turn. Tokens are revisions, so they are known beforehand. */
  private static List<LogEntry> entries(String prefix, boolean contended) {
    List<LogEntry> entries = new ArrayList<>();
    entries.add(entry(Command.newBuilder().setOpen(open(1)).build()));
    long revision = 1;
    long sequence = 1;
    long held = 0;
    for (int i = 0; i < PAIRS; i++) {
      String name = contended ? prefix : prefix + i % NAMES;
      entries.add(entry(request(acquire(name, "t" + i % 2, contended), 1, sequence++)));
      if (!contended) {
        held = revision + 2;
        revision += 3;
        entries.add(entry(request(release(held), 1, sequence++)));
      } else if (held == 0) {
        held = revision + 2;
        revision += 2;
      } else {
        entries.add(entry(request(release(held), 1, sequence++)));
        held = revision + 3;
        revision += 3;
      }
    }
    return entries;
  }

  private static LogEntry entry(Command command) {
    return LogEntry.newBuilder().addCommands(command).build();
  }

  private static OpenSession open(int number) {
    byte[] nonce = new byte[16];
    nonce[0] = (byte) number;
    return OpenSession.newBuilder()
        .setNonce(ByteString.copyFrom(nonce))
        .setSecretHash(ByteString.copyFrom(new byte[32]))
        .setTtlMillis(60_000)
        .build();
  }

  private static Command request(Request.Builder request, long session, long sequence) {
    return Command.newBuilder()
        .setRequest(
            SessionRequest.newBuilder()
                .setSessionId(session)
                .setRequest(request.setSequence(sequence))
                .setAcknowledged(Acknowledged.newBuilder().setBelow(Math.max(1, sequence - 8))))
        .build();
  }

  private static Request.Builder acquire(String name, String owner, boolean waits) {
    return Request.newBuilder()
        .setAcquire(
            Acquire.newBuilder()
                .setOwner(owner)
                .setWaitMillis(waits ? -1 : 0)
                .addDemands(Demand.newBuilder().setLock(name).setMode(LockMode.LOCK_MODE_X)));
  }

  private static Request.Builder release(long token) {
    return Request.newBuilder().setRelease(Release.newBuilder().setToken(token));
  }
}
