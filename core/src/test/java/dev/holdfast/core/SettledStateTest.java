package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.log.v1.CloseSession;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Convert;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.HandOver;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.SetValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * After every step of made-up logs: nobody waits whom nothing blocks, nobody waits for himself, no
 * two grants exclude each other, a machine that was restored goes on as the other, and in the end
 * nothing is left.
 */
class SettledStateTest {
  private static final int SEEDS = Integer.getInteger("holdfast.seeds", 1_500);
  private static final int STEPS = 120;
  private static final String[] NAMES = {"a", "a/b", "a/c", "a/b/d", "e", "f", "s", "a/s"};
  private static final int SESSIONS = 5;

  /** Of the sessions, the one whose client asks by operation ids. */
  private static final int BY_OPERATIONS = SESSIONS - 1;

  private static final ByteString CLIENT = ByteString.copyFromUtf8("the only client.");

  private static final class Run {
    final Random random;
    final long[] sessions = new long[SESSIONS];
    final long[] sequences = new long[SESSIONS];
    LockStateMachine machine = new LockStateMachine();
    State state = machine.state();
    long clockMillis;

    Run(long seed) {
      random = new Random(seed);
    }

    void go() {
      for (int step = 0; step < STEPS; step++) {
        if (random.nextInt(40) == 0) {
          reload();
        }
        clockMillis += random.nextInt(4) == 0 ? random.nextInt(400) : 0;
        apply(random.nextInt(30) == 0 ? LogEntry.newBuilder() : entry());
      }
      finish();
    }

    LogEntry.Builder entry() {
      int at = random.nextInt(SESSIONS);
      if (at == BY_OPERATIONS) {
        return operation();
      }
      if (state.sessions.get(sessions[at]) == null) {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        sessions[at] = state.revision + 1;
        sequences[at] = 0;
        return LogEntry.newBuilder()
            .addCommands(
                Command.newBuilder()
                    .setOpen(
                        OpenSession.newBuilder()
                            .setNonce(ByteString.copyFrom(nonce))
                            .setSecretHash(ByteString.copyFrom(new byte[32]))
                            .setTtlMillis(300 + random.nextInt(5_000))));
      }
      if (random.nextInt(60) == 0) {
        return LogEntry.newBuilder()
            .addCommands(
                Command.newBuilder()
                    .setForceRelease(
                        ForceRelease.newBuilder()
                            .setOperationId(
                                ByteString.copyFromUtf8("%016x".formatted(random.nextLong())))
                            .setLock(name())
                            .setToken(token(at))));
      }
      return LogEntry.newBuilder().addCommands(command(at, request(at)));
    }

    LogEntry.Builder operation() {
      lookUpClient();
      Request.Builder request = request(BY_OPERATIONS);
      boolean again = request.hasCancel() || random.nextInt(8) == 0;
      long number = again ? random.nextInt(80) : ++sequences[BY_OPERATIONS];
      return LogEntry.newBuilder()
          .addCommands(
              Command.newBuilder()
                  .setClientOperation(
                      ClientOperation.newBuilder()
                          .setClient(CLIENT)
                          .setOperationId(ByteString.copyFromUtf8("%016d".formatted(number)))
                          .setTtlMillis(600)
                          .setRequest(request)));
    }

    /** Its session may have ended, or another one been opened. */
    void lookUpClient() {
      Long known = state.sessionByClient.get(CLIENT);
      sessions[BY_OPERATIONS] = known == null ? 0 : known;
    }

    Command command(int at, Request.Builder request) {
      if (!request.hasCancel()) {
        request.setSequence(++sequences[at]);
      }
      return Command.newBuilder()
          .setRequest(SessionRequest.newBuilder().setSessionId(sessions[at]).setRequest(request))
          .build();
    }

    Request.Builder request(int at) {
      Request.Builder request = Request.newBuilder();
      long token = token(at);
      switch (random.nextInt(12)) {
        case 0, 1 -> request.setRelease(Release.newBuilder().setToken(token));
        case 2 ->
            request.setCancel(Cancel.getDefaultInstance()).setSequence(1 + random.nextInt(80));
        case 3, 4 -> request.setConvert(conversion(token));
        case 5 ->
            request.setHandOver(
                HandOver.newBuilder()
                    .setToken(token)
                    .setToSessionId(sessions[random.nextInt(SESSIONS)])
                    .setToOwner(owner()));
        case 6 ->
            request.setExtend(
                Extend.newBuilder().setToken(token).setLeaseMillis(1 + random.nextInt(900)));
        case 7 ->
            request.setSetValue(
                SetValue.newBuilder()
                    .setToken(token)
                    .setLock(name())
                    .setRemove(random.nextBoolean()));
        default -> request.setAcquire(acquire());
      }
      return request;
    }

    Acquire acquire() {
      Acquire.Builder acquire =
          Acquire.newBuilder()
              .setOwner(owner())
              .setPriority(random.nextInt(3))
              .setWaitMillis(
                  random.nextInt(6) == 0 ? 0 : random.nextInt(4) == 0 ? random.nextInt(900) : -1)
              .setLeaseMillis(random.nextInt(4) == 0 ? 1 + random.nextInt(900) : 0)
              .setAtLeastMillis(random.nextInt(12) == 0 ? random.nextInt(500) : 0)
              .setLockDelayMillis(random.nextInt(12) == 0 ? random.nextInt(500) : 0);
      int count = 1 + (random.nextInt(3) == 0 ? random.nextInt(3) : 0);
      for (int i = 0; i < count; i++) {
        acquire.addDemands(demand(name()));
      }
      return acquire.build();
    }

    Convert conversion(long token) {
      Convert.Builder convert =
          Convert.newBuilder()
              .setToken(token)
              .setPriority(random.nextInt(3))
              .setWaitMillis(random.nextInt(5) - 1);
      Grant grant = state.grants.get(token);
      List<Demand> demands = grant == null ? List.of(demand(name())) : grant.demands();
      for (Demand demand : demands) {
        if (convert.getDemandsCount() == 0 || random.nextBoolean()) {
          convert.addDemands(demand(demand.getLock()));
        }
      }
      return convert.build();
    }

    Demand demand(String name) {
      Demand.Builder demand = Demand.newBuilder().setLock(name);
      return (name.endsWith("s")
              ? demand.setPermits(1 + random.nextInt(3)).setLimit(3)
              : demand.setModeValue(1 + random.nextInt(6)))
          .build();
    }

    String name() {
      return NAMES[random.nextInt(NAMES.length)];
    }

    String owner() {
      return "o" + random.nextInt(2);
    }

    /** Mostly one of the session's own. */
    long token(int at) {
      SessionContents contents =
          state.contents.get(sessions[random.nextInt(9) == 0 ? random.nextInt(SESSIONS) : at]);
      List<Grant> grants = contents == null ? List.of() : contents.grantsByToken.list();
      return grants.isEmpty() ? 1 : grants.get(random.nextInt(grants.size())).token();
    }

    void apply(LogEntry.Builder entry) {
      machine.apply(entry.setClockMillis(clockMillis).build());
      check();
    }

    /** A restored machine answers the next entry as the one that ran. */
    void reload() {
      LockStateMachine restored = LockStateMachine.restore(machine.image().records());
      LogEntry next = entry().setClockMillis(clockMillis).build();
      assertThat(restored.apply(next)).isEqualTo(machine.apply(next));
      assertThat(restored.stateHash()).isEqualTo(machine.stateHash());
      machine = restored;
      state = machine.state();
      check();
    }

    void check() {
      WaitGraph graph = new WaitGraph(state.lockMap);
      for (long ticket : state.lockMap.waitingAfter(0)) {
        Waiting request = state.waiting.get(ticket);
        assertThat(request).as("parked request " + ticket).isNotNull();
        if (request != null) {
          assertThat(state.lockMap.blockerOf(request)).as("blocks " + request).isNotNull();
          assertThat(new Reduction(graph, request, true).closerIsStuck())
              .as("waits for itself: " + request)
              .isFalse();
        }
      }
      checkGrants();
    }

    void checkGrants() {
      List<Grant> grants = new ArrayList<>();
      for (SessionContents contents : state.contents.values()) {
        grants.addAll(contents.grantsByToken.list());
      }
      assertThat(grants).hasSize(state.grants.size());
      for (Grant one : grants) {
        for (Grant other : grants) {
          if (!one.owner().equals(other.owner())) {
            for (Need need : one.needs()) {
              Need otherNeed = other.needAt(need.lock());
              assertThat(otherNeed != null && !need.isPermits())
                  .as(one + " beside " + other)
                  .matches(
                      both ->
                          !both
                              || otherNeed == null
                              || !Modes.contains(Modes.conflictsOf(need.mode()), otherNeed.mode()));
            }
          }
        }
      }
      for (String name : NAMES) {
        Lock lock = state.lockMap.lock(name);
        int permits =
            grants.stream()
                .flatMap(grant -> grant.needs().stream())
                .filter(need -> need.lock().equals(name))
                .mapToInt(Need::permits)
                .sum();
        assertThat(permits).isLessThanOrEqualTo(lock == null ? 0 : 3 + lock.permitsUsed);
        assertThat(lock == null ? 0 : lock.permitsUsed).isBetween(permits, 3);
      }
    }

    void finish() {
      lookUpClient();
      for (long session : sessions) {
        apply(
            LogEntry.newBuilder()
                .addCommands(
                    Command.newBuilder()
                        .setClose(CloseSession.newBuilder().setSessionId(session))));
      }
      clockMillis += 10_000;
      apply(LogEntry.newBuilder());
      assertThat(state.reserving).isZero();
      assertThat(state.waiting.size()).isZero();
      assertThat(state.clientOperations.size()).isZero();
      assertThat(state.passings.size()).isZero();
      assertThat(machine.lockCount()).isZero();
      for (Lock lock : state.lockMap.locksFrom("", true)) {
        assertThat(lock.value).as(lock.name).isNotNull();
      }
    }
  }

  @Test
  void whoever_waits_is_blocked_and_does_not_wait_for_himself() {
    Long one = Long.getLong("holdfast.seed");
    long first = one == null ? 0 : one;
    long last = one == null ? SEEDS : one + 1;
    for (long seed = first; seed < last; seed++) {
      try {
        new Run(seed).go();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": run it with -Dholdfast.seed=" + seed, e);
      }
    }
  }
}
