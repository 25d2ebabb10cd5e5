package dev.holdfast.server.lint;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Applied;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Convert;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** A real machine whose entries somebody reads. */
final class Machine {
  private final LockStateMachine machine = new LockStateMachine();
  private final BiConsumer<Applied, LogEntry> reader;
  private final Map<Long, Long> lastSequence = new HashMap<>();
  private long clockMillis = 1_000;
  private long acknowledged = 1;

  Machine(BiConsumer<Applied, LogEntry> reader) {
    this.reader = reader;
  }

  long open(String label) {
    Applied applied =
        apply(
            Command.newBuilder()
                .setOpen(
                    OpenSession.newBuilder()
                        .setNonce(padded(label, 16))
                        .setSecretHash(padded(label, 32))
                        .setClientId(label)
                        .setLabel(label)
                        .setTtlMillis(600_000))
                .build());
    return ((Outcome.Opened) applied.outcomes().getFirst()).sessionId();
  }

  private static ByteString padded(String text, int length) {
    return ByteString.copyFromUtf8((text + "-".repeat(length)).substring(0, length));
  }

  String label(long sessionId) {
    var session = machine.session(sessionId);
    return session == null ? "" : session.label();
  }

  LockStateMachine state() {
    return machine;
  }

  Answer acquire(long session, String owner, long waitMillis, List<Demand> demands) {
    return request(
        session,
        Request.newBuilder()
            .setAcquire(
                Acquire.newBuilder()
                    .setOwner(owner)
                    .addAllDemands(demands)
                    .setWaitMillis(waitMillis)));
  }

  long take(long session, Demand... demands) {
    return acquire(session, "main", -1, List.of(demands)).getGranted().getToken();
  }

  Answer convert(long session, long token, long waitMillis, Demand demand) {
    return request(
        session,
        Request.newBuilder()
            .setConvert(
                Convert.newBuilder().setToken(token).addDemands(demand).setWaitMillis(waitMillis)));
  }

  void release(long session, long token) {
    request(session, Request.newBuilder().setRelease(Release.newBuilder().setToken(token)));
  }

  /** With the next request: every answer so far has arrived. */
  void acknowledge(long session) {
    acknowledged = lastSequence.getOrDefault(session, 0L) + 1;
  }

  /** The last answer that comes of it at once. */
  private Answer request(long session, Request.Builder request) {
    long sequence = lastSequence.merge(session, 1L, Long::sum);
    Applied applied =
        apply(
            Command.newBuilder()
                .setRequest(
                    SessionRequest.newBuilder()
                        .setSessionId(session)
                        .setAcknowledged(Acknowledged.newBuilder().setBelow(acknowledged))
                        .setRequest(request.setSequence(sequence)))
                .build());
    Answer last = Answer.getDefaultInstance();
    for (Outcome outcome : applied.outcomes()) {
      if (outcome instanceof Outcome.Answered answered
          && answered.sessionId() == session
          && answered.sequence() == sequence) {
        last = answered.answer();
      }
    }
    return last;
  }

  private Applied apply(Command command) {
    LogEntry entry =
        LogEntry.newBuilder().setClockMillis(clockMillis++).addCommands(command).build();
    Applied applied = machine.apply(entry);
    reader.accept(applied, entry);
    return applied;
  }

  static Demand x(String lock) {
    return mode(lock, LockMode.LOCK_MODE_X);
  }

  static Demand s(String lock) {
    return mode(lock, LockMode.LOCK_MODE_S);
  }

  static Demand mode(String lock, LockMode mode) {
    return Demand.newBuilder().setLock(lock).setMode(mode).build();
  }

  static Demand permits(String lock, int permits, int limit) {
    return Demand.newBuilder().setLock(lock).setPermits(permits).setLimit(limit).build();
  }
}
