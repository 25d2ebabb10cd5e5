package dev.holdfast.server.node;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Applied;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.QueueNews;
import dev.holdfast.protocol.v1.QueueNewsWish;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A desk of queue news before a real map, and what its sessions were told. */
final class NewsBench implements MapView {
  final FakeClock clock = new FakeClock();
  final PendingAnswers pending = new PendingAnswers();
  final Streams streams = new Streams(pending, 1_000_000);
  final QueueNewsDesk desk;
  final LockStateMachine machine = new LockStateMachine();
  private final Map<Long, Session> sessions = new HashMap<>();
  private long clockMillis = 1_000;
  private long index;
  int looks;

  NewsBench(QueueNewsLimits limits) {
    desk = new QueueNewsDesk(this, streams, pending, clock, limits);
  }

  @Override
  public <T extends @Nullable Object> T read(Function<LockStateMachine, T> query) {
    looks++;
    return query.apply(machine);
  }

  /** A session, its stream, and the news that came on it. */
  final class Session implements ClientConnection {
    final long id;
    final List<QueueNews> news = new ArrayList<>();
    SessionStream stream = new SessionStream(this);
    private long lastSequence;

    Session(long id) {
      this.id = id;
      streams.attach(stream, id);
    }

    void reconnect() {
      stream = new SessionStream(this);
      streams.attach(stream, id);
    }

    long acquire(String... locks) {
      long sequence = ++lastSequence;
      Acquire.Builder acquire =
          Acquire.newBuilder().setOwner("owner-" + sequence).setWaitMillis(-1);
      for (String lock : locks) {
        acquire.addDemands(Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X).build());
      }
      pending.expect(id, sequence, false);
      request(Request.newBuilder().setSequence(sequence).setAcquire(acquire));
      return sequence;
    }

    /** Waits, and wants to know where. */
    long acquireWithNews(String... locks) {
      long sequence = acquire(locks);
      wish(sequence);
      return sequence;
    }

    void wish(long sequence) {
      desk.onWish(stream, QueueNewsWish.newBuilder().addSequences(sequence).build());
    }

    void cancel(long sequence) {
      request(Request.newBuilder().setSequence(sequence).setCancel(Cancel.getDefaultInstance()));
    }

    /** Releases everything. */
    void release() {
      for (long token : machine.tokensOf(id)) {
        request(
            Request.newBuilder()
                .setSequence(++lastSequence)
                .setRelease(Release.newBuilder().setToken(token)));
      }
    }

    private void request(Request.Builder request) {
      apply(
          Command.newBuilder()
              .setRequest(SessionRequest.newBuilder().setSessionId(id).setRequest(request))
              .build());
    }

    /** What was told since the last time, as "place/length". */
    List<String> told() {
      List<String> told =
          news.stream()
              .map(
                  each ->
                      each.getDeclined()
                          ? "declined"
                          : each.getPosition() + "/" + each.getQueueLength())
              .toList();
      news.clear();
      return told;
    }

    @Override
    public void send(NodeFrame frame) {
      news.addAll(frame.getQueueNewsList());
    }

    @Override
    public void readOneMore() {}

    @Override
    public void end() {}

    @Override
    public void endSuperseded(String detail) {}
  }

  Session open() {
    ByteString name = ByteString.copyFromUtf8("session-%08d".formatted(sessions.size()));
    Applied applied =
        apply(
            Command.newBuilder()
                .setOpen(
                    OpenSession.newBuilder()
                        .setNonce(name)
                        .setSecretHash(name.concat(name))
                        .setClientId("client")
                        .setLabel("label " + sessions.size())
                        .setTtlMillis(600_000))
                .build());
    Session session = new Session(((Outcome.Opened) applied.outcomes().getFirst()).sessionId());
    sessions.put(session.id, session);
    return session;
  }

  void advanceMillis(long millis) {
    clockMillis += millis;
    clock.advanceMillis(millis);
  }

  Applied apply(Command command) {
    LogEntry entry = LogEntry.newBuilder().setClockMillis(clockMillis).addCommands(command).build();
    Applied applied = machine.apply(entry);
    desk.onApplied(new AppliedEntry(++index, 1, entry, applied, machine.nextDeadlineMillis()));
    for (Outcome outcome : applied.outcomes()) {
      if (outcome instanceof Outcome.Answered answered) {
        pending.onAnswer(answered.sessionId(), answered.sequence(), answered.answer());
        desk.onAnswer(answered.sessionId(), answered.sequence(), answered.answer());
      }
    }
    return applied;
  }

  void settle() {
    desk.settle(clock.nanoTime());
    streams.flush();
  }
}
