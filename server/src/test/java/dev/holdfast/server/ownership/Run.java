package dev.holdfast.server.ownership;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Applied;
import dev.holdfast.core.Event;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.log.v1.CloseSession;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Convert;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.HandOver;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.server.node.AppliedEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * A made-up run of a map from one seed: sessions that take, convert, hand over, release and lose
 * locks, entry by entry, as a log has them.
 */
final class Run {
  static final List<String> LOCKS = List.of("a", "a/b", "b", "pool");
  private static final int SESSIONS = 6;

  final List<LogEntry> log = new ArrayList<>();
  final LockStateMachine machine = new LockStateMachine();
  final List<Applied> applied = new ArrayList<>();
  private final Random random;
  private final List<Long> sessions = new ArrayList<>();
  private final TreeMap<Long, Long> sequences = new TreeMap<>();
  private final TreeMap<Long, Long> holders = new TreeMap<>();
  private long clockMillis = 1_000;
  private int opened;

  Run(long seed) {
    random = new Random(seed);
  }

  /** Goes on until there were so many grants. */
  Run untilGrants(int count) {
    int grants = 0;
    while (grants < count) {
      for (Event event : step().events()) {
        grants += event instanceof Event.LockGranted ? 1 : 0;
      }
    }
    return this;
  }

  Applied step() {
    LogEntry.Builder entry = LogEntry.newBuilder();
    clockMillis += random.nextInt(40);
    entry.setClockMillis(clockMillis);
    for (int i = random.nextInt(6); i >= 0; i--) {
      entry.addCommands(command());
    }
    log.add(entry.build());
    Applied result = machine.apply(entry.build());
    applied.add(result);
    for (Event event : result.events()) {
      if (event instanceof Event.SessionOpened session) {
        sessions.add(session.sessionId());
      } else if (event instanceof Event.SessionEnded ended) {
        sessions.remove(ended.sessionId());
      } else if (event instanceof Event.LockGranted granted) {
        holders.put(granted.revision(), granted.sessionId());
      } else if (event instanceof Event.LockReleased released) {
        holders.remove(released.token());
      }
    }
    return result;
  }

  /** The entry at a place in the log, applied to another map. */
  static AppliedEntry apply(LockStateMachine map, LogEntry entry, long index) {
    return new AppliedEntry(index, 1, entry, map.apply(entry), Long.MAX_VALUE);
  }

  private Command command() {
    if (sessions.size() < SESSIONS) {
      return open();
    }
    int dice = random.nextInt(100);
    long session = sessions.get(random.nextInt(sessions.size()));
    if (dice < 2) {
      return Command.newBuilder().setClose(CloseSession.newBuilder().setSessionId(session)).build();
    }
    if (dice < 50 || holders.isEmpty()) {
      return request(session, request -> request.setAcquire(acquire()));
    }
    List<Long> tokens = new ArrayList<>(holders.keySet());
    long token = tokens.get(random.nextInt(tokens.size()));
    long holder = holders.getOrDefault(token, session);
    if (dice < 85) {
      return request(holder, r -> r.setRelease(Release.newBuilder().setToken(token)));
    } else if (dice < 92) {
      return request(
          holder,
          r ->
              r.setConvert(
                  Convert.newBuilder()
                      .setToken(token)
                      .setWaitMillis(-1)
                      .addDemands(demand("a", LockMode.LOCK_MODE_S))));
    } else if (dice < 97) {
      return request(
          holder,
          r ->
              r.setHandOver(
                  HandOver.newBuilder().setToken(token).setToSessionId(session).setToOwner("h")));
    }
    return Command.newBuilder()
        .setForceRelease(
            ForceRelease.newBuilder()
                .setOperationId(ByteString.copyFrom(bytes(16)))
                .setLock(LOCKS.get(random.nextInt(3)))
                .setToken(token)
                .setOperator("ops")
                .setReason("stuck"))
        .build();
  }

  private Acquire acquire() {
    Acquire.Builder acquire =
        Acquire.newBuilder()
            .setOwner("t" + random.nextInt(3))
            .setWaitMillis(random.nextInt(4) == 0 ? 0 : 200)
            .setLeaseMillis(random.nextInt(5) == 0 ? 100 : 0);
    if (random.nextInt(6) == 0) {
      return acquire
          .addDemands(Demand.newBuilder().setLock("pool").setPermits(1).setLimit(3))
          .build();
    }
    LockMode mode = random.nextBoolean() ? LockMode.LOCK_MODE_X : LockMode.LOCK_MODE_S;
    return acquire.addDemands(demand(LOCKS.get(random.nextInt(3)), mode)).build();
  }

  private static Demand demand(String lock, LockMode mode) {
    return Demand.newBuilder().setLock(lock).setMode(mode).build();
  }

  private Command open() {
    opened++;
    return Command.newBuilder()
        .setOpen(
            OpenSession.newBuilder()
                .setNonce(ByteString.copyFrom(bytes(16)))
                .setSecretHash(ByteString.copyFrom(bytes(32)))
                .setClientId("client-" + opened)
                .setLabel("host/" + opened)
                .setTtlMillis(2_000))
        .build();
  }

  private Command request(long session, java.util.function.Consumer<Request.Builder> action) {
    Request.Builder request =
        Request.newBuilder().setSequence(sequences.merge(session, 1L, Long::sum));
    action.accept(request);
    return Command.newBuilder()
        .setRequest(SessionRequest.newBuilder().setSessionId(session).setRequest(request))
        .build();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
