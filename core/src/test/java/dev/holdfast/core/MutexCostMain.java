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
 * or wire. Not a test: run it before and after a change, on a quiet machine, and compare.
 */
final class MutexCostMain {
  private static final int PAIRS = 100_000;
  private static final int NAMES = 1_000;
  private static final int ROUNDS = 25;
  private static final int WARM_UP = 5;

  private MutexCostMain() {}

  public static void main(String[] arguments) {
    System.out.println("free, flat name:     " + measure(entries("lock", false)));
    System.out.println("free, 3 segments:    " + measure(entries("a/b/lock", false)));
    System.out.println("handed to a waiter:  " + measure(entries("lock", true)));
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
    Arrays.sort(nanos);
    return "median %d ns, fastest %d ns a pair".formatted(nanos[nanos.length / 2], nanos[0]);
  }

  /** Acquire and release in turn. Tokens are revisions, so they are known beforehand. */
  private static List<LogEntry> entries(String prefix, boolean contended) {
    List<LogEntry> entries = new ArrayList<>();
    entries.add(entry(Command.newBuilder().setOpen(open()).build()));
    long revision = 1;
    long sequence = 1;
    long held = 0;
    for (int i = 0; i < PAIRS; i++) {
      String name = contended ? prefix : prefix + i % NAMES;
      entries.add(entry(request(acquire(name, "t" + i % 2, contended), sequence++)));
      if (!contended) {
        held = revision + 2;
        revision += 3;
        entries.add(entry(request(release(held), sequence++)));
      } else if (held == 0) {
        held = revision + 2;
        revision += 2;
      } else {
        entries.add(entry(request(release(held), sequence++)));
        held = revision + 3;
        revision += 3;
      }
    }
    return entries;
  }

  private static LogEntry entry(Command command) {
    return LogEntry.newBuilder().addCommands(command).build();
  }

  private static OpenSession open() {
    return OpenSession.newBuilder()
        .setNonce(ByteString.copyFrom(new byte[16]))
        .setSecretHash(ByteString.copyFrom(new byte[32]))
        .setTtlMillis(60_000)
        .build();
  }

  private static Command request(Request.Builder request, long sequence) {
    return Command.newBuilder()
        .setRequest(
            SessionRequest.newBuilder()
                .setSessionId(1)
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
