package dev.holdfast.server.door;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Applied;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.CloseSession;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.RenewSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cluster of nothing but the map: at once, on the caller's thread, on a clock moved by hand. */
public final class FakeCluster implements DoorClients {
  private record Numbered(long sessionId, long sequence) {}

  private final LockStateMachine machine = new LockStateMachine();
  private final Map<String, Long> sessions = new HashMap<>();
  private final Map<Long, Map<ByteString, Long>> operations = new HashMap<>();
  private final Map<Numbered, List<Consumer<Answer>>> askers = new HashMap<>();
  private final Deque<Runnable> heldBack = new ArrayDeque<>();
  private long clockMillis = 1;
  private boolean leaderless;
  private boolean losesAnswers;
  private boolean holdsBack;

  /** How many renewals were asked for. */
  public int renewals;

  /** How many sessions were ended by their doors. */
  public int ends;

  /** The map, which the test only looks at. */
  public LockStateMachine machine() {
    return machine;
  }

  /** From now on nothing is done, and that is said. */
  public void loseLeader() {
    leaderless = true;
  }

  /** From now on everything is done, but nobody is told. */
  public void loseAnswers() {
    leaderless = true;
    losesAnswers = true;
  }

  /** All is as it was. */
  public void recover() {
    leaderless = false;
    losesAnswers = false;
  }

  /** From now on answers wait for {@link #tellAll}. */
  public void holdBack() {
    holdsBack = true;
  }

  /** Tells what was held back, in its order, and holds nothing back any more. */
  public void tellAll() {
    holdsBack = false;
    while (!heldBack.isEmpty()) {
      heldBack.remove().run();
    }
  }

  /** Moves the cluster clock. */
  public void advance(long millis) {
    clockMillis += millis;
    apply(List.of());
  }

  /** An operator takes a lock away from its holder. */
  public void forceRelease(String lock) {
    long token = Objects.requireNonNull(machine.lock(lock, 0)).holders().getFirst().token();
    apply(
        List.of(
            Command.newBuilder()
                .setForceRelease(
                    ForceRelease.newBuilder()
                        .setOperationId(OperationIds.of("force release of " + token))
                        .setLock(lock)
                        .setToken(token)
                        .setOperator("op"))
                .build()));
  }

  /** Whether the session of a client is open. */
  public boolean hasSession(String key) {
    Long session = sessions.get(key);
    return session != null && machine.session(session) != null;
  }

  @Override
  public Runnable request(
      DoorClient client, ByteString operationId, Request request, Consumer<Answer> asker) {
    if (operationId.size() != 16) {
      throw new IllegalArgumentException("an operation id has 16 bytes");
    }
    if (leaderless && !losesAnswers) {
      tell(() -> asker.accept(noLeader()));
      return () -> {};
    }
    long session = sessionOf(client);
    Map<ByteString, Long> own = operations.computeIfAbsent(session, _ -> new HashMap<>());
    long sequence = own.computeIfAbsent(operationId, _ -> own.size() + 1L);
    Numbered number = new Numbered(session, sequence);
    Consumer<Answer> hears = losesAnswers ? _ -> asker.accept(noLeader()) : asker;
    askers.computeIfAbsent(number, _ -> new ArrayList<>()).add(hears);
    apply(List.of(renewal(session), command(number, request)));
    return () -> {
      if (askers.getOrDefault(number, List.of()).contains(hears)) {
        Request cancel = Request.newBuilder().setCancel(Cancel.getDefaultInstance()).build();
        apply(List.of(command(number, cancel)));
      }
    };
  }

  private static Answer noLeader() {
    return Answer.newBuilder()
        .setRefused(Refused.newBuilder().setReason(RefusalReason.NO_LEADER))
        .build();
  }

  private static Command command(Numbered number, Request request) {
    return Command.newBuilder()
        .setRequest(
            SessionRequest.newBuilder()
                .setSessionId(number.sessionId())
                .setRequest(request.toBuilder().setSequence(number.sequence())))
        .build();
  }

  private static Command renewal(long session) {
    return Command.newBuilder().setRenew(RenewSession.newBuilder().setSessionId(session)).build();
  }

  private long sessionOf(DoorClient client) {
    if (!hasSession(client.key())) {
      ByteString name = OperationIds.of(client.key() + sessions.size() + machine.revision());
      apply(
          List.of(
              Command.newBuilder()
                  .setOpen(
                      OpenSession.newBuilder()
                          .setNonce(name)
                          .setSecretHash(name.concat(name))
                          .setClientId(client.clientId())
                          .setLabel(client.label())
                          .setTtlMillis(client.ttlMillis())
                          .setLocksMax(client.locksMax()))
                  .build()));
      sessions.put(client.key(), Objects.requireNonNull(machine.sessionByNonce(name)));
    }
    return Objects.requireNonNull(sessions.get(client.key()));
  }

  @Override
  public void renew(DoorClient client, Consumer<Boolean> asker) {
    renewals++;
    boolean alive = !leaderless && hasSession(client.key());
    if (alive) {
      apply(List.of(renewal(sessionOf(client))));
    }
    tell(() -> asker.accept(alive));
  }

  @Override
  public void end(DoorClient client, Runnable done) {
    ends++;
    Long session = sessions.remove(client.key());
    if (session != null) {
      apply(
          List.of(
              Command.newBuilder()
                  .setClose(CloseSession.newBuilder().setSessionId(session))
                  .build()));
    }
    tell(done);
  }

  @Override
  public <T> void read(
      boolean linearizable,
      Function<LockStateMachine, T> query,
      BiConsumer<@Nullable T, @Nullable String> asker) {
    if (linearizable && leaderless) {
      tell(() -> asker.accept(null, "NO_LEADER"));
    } else {
      tell(() -> asker.accept(query.apply(machine), null));
    }
  }

  private void apply(List<Command> commands) {
    Applied applied =
        machine.apply(
            LogEntry.newBuilder().setClockMillis(clockMillis).addAllCommands(commands).build());
    for (Outcome outcome : applied.outcomes()) {
      if (outcome instanceof Outcome.Answered answered) {
        Numbered number = new Numbered(answered.sessionId(), answered.sequence());
        List<Consumer<Answer>> who = askers.getOrDefault(number, List.of());
        if (!answered.answer().hasQueued()) {
          askers.remove(number);
        }
        List.copyOf(who).forEach(each -> tell(() -> each.accept(answered.answer())));
      }
    }
  }

  private void tell(Runnable news) {
    if (holdsBack) {
      heldBack.add(news);
    } else {
      news.run();
    }
  }
}
