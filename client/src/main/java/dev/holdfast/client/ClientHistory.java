package dev.holdfast.client;

import dev.holdfast.client.session.Action;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.client.session.LossReason;
import dev.holdfast.client.session.SentRequest;
import dev.holdfast.client.session.SessionState;
import dev.holdfast.history.Answer;
import dev.holdfast.history.ClientLine;
import dev.holdfast.history.ClientLine.HoldingEnd;
import dev.holdfast.history.Demand;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.file.HistoryWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Records what one client asks, is told and holds. Never waits; any thread may use it. */
final class ClientHistory implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.holdfast.client");

  private final String client;
  private final HistoryWriter writer;
  private final long originNanos = System.nanoTime();

  private ClientHistory(String client, HistoryWriter writer) {
    this.client = client;
    this.writer = writer;
  }

  /**
   * Begins a recording.
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  static ClientHistory open(Path file, UUID client, String label) {
    try {
      return new ClientHistory(
          client.toString(),
          HistoryWriter.open(file, label, trouble -> LOG.log(Level.WARNING, trouble)));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the history " + file + " cannot be written; name a file in a folder that is writable",
          e);
    }
  }

  /**
   * From where sessions count their time; they hand it in like that, and it is recorded as the
   * system's.
   */
  long originNanos() {
    return originNanos;
  }

  void opened(long session, String node, long ttlMillis, long sentNanos, long nowNanos) {
    writer.write(
        new ClientLine.SessionOpened(
            session, client, ttlMillis, node, at(sentNanos), at(nowNanos)));
  }

  void renewed(long session, long sentNanos, long nowNanos, long clockMillis) {
    writer.write(new ClientLine.SessionRenewed(session, at(sentNanos), at(nowNanos), clockMillis));
  }

  void changed(long session, SessionState state, String why, long nowNanos) {
    ClientLine.SessionState to =
        switch (state) {
          case OPENING -> null;
          case HELD -> ClientLine.SessionState.HELD;
          case JEOPARDY -> ClientLine.SessionState.JEOPARDY;
          case LOST -> ClientLine.SessionState.LOST;
          case CLOSED -> ClientLine.SessionState.CLOSED;
        };
    if (to != null) {
      writer.write(new ClientLine.SessionChanged(session, to, why, at(nowNanos)));
    }
  }

  void answered(
      long session,
      SentRequest request,
      String node,
      dev.holdfast.protocol.v1.Answer answer,
      long nowNanos) {
    writer.write(operation(session, request, node, answerOf(answer), nowNanos));
  }

  void unanswered(long session, SentRequest request, long nowNanos) {
    writer.write(operation(session, request, "", new Answer.Unknown(), nowNanos));
  }

  void held(long session, HeldGrant grant, long untilNanos, @Nullable LossReason reason) {
    writer.write(
        new ClientLine.Holding(
            session,
            grant.owner(),
            grant.token(),
            demands(grant.demands()),
            at(grant.grantedAtNanos()),
            at(untilNanos),
            grant.isGivenBack() ? HoldingEnd.GIVEN_BACK : endOf(reason)));
  }

  void read(LockCheck check, long invokedNanos) {
    ReadInfo read = check.info();
    writer.write(
        new ClientLine.LockRead(
            client,
            0,
            check.lock(),
            read.consistency() == Consistency.LOCAL
                ? ClientLine.Consistency.LOCAL
                : ClientLine.Consistency.LINEARIZABLE,
            read.revision(),
            check.holders().stream().map(LockHolder::token).toList(),
            read.nodeId(),
            invokedNanos,
            System.nanoTime()));
  }

  /** Writes what was recorded. Waits for the disk. */
  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the recording of this client is incomplete", e);
    }
  }

  private long at(long sessionNanos) {
    return originNanos + sessionNanos;
  }

  private ClientLine.Operation operation(
      long session, SentRequest request, String node, Answer answer, long nowNanos) {
    Action asked = request.action();
    String owner = "";
    List<Demand> demands = List.of();
    ClientLine.Action action = ClientLine.Action.RELEASE;
    long token = 0;
    long leaseMillis = 0;
    if (asked instanceof Action.AcquireLocks acquire) {
      boolean waits = acquire.patience() != Action.Patience.NONE;
      action = waits ? ClientLine.Action.ACQUIRE : ClientLine.Action.PREEMPT;
      owner = acquire.owner();
      demands = demands(acquire.demands());
      leaseMillis = acquire.leaseMillis();
    } else if (asked instanceof Action.ExtendGrant extend) {
      action = ClientLine.Action.EXTEND;
      token = extend.token();
      leaseMillis = extend.leaseMillis();
    } else if (asked instanceof Action.ReleaseGrant release) {
      token = release.token();
    } else if (asked instanceof Action.ConvertGrant convert) {
      action = ClientLine.Action.CONVERT;
      owner = convert.owner();
      demands = demands(convert.changes());
      token = convert.token();
    } else if (asked instanceof Action.HandOverGrant handOver) {
      action = ClientLine.Action.HAND_OVER;
      owner = handOver.owner();
      token = handOver.token();
    } else if (asked instanceof Action.SetLockValue setValue) {
      action = ClientLine.Action.SET_VALUE;
      owner = setValue.owner();
      token = setValue.token();
    } else if (asked instanceof Action.WriteFile write) {
      action = write.data() == null ? ClientLine.Action.DELETE_FILE : ClientLine.Action.APPEND_FILE;
      owner = write.owner();
      token = write.token();
    } else if (asked instanceof Action.AskRevocation ask) {
      action = ClientLine.Action.REQUEST_REVOCATION;
      token = ask.token();
    }
    return new ClientLine.Operation(
        session,
        request.sequence(),
        action,
        owner,
        demands,
        token,
        request.waitMillis(),
        leaseMillis,
        request.ticket(),
        node,
        at(request.firstSentNanos()),
        at(nowNanos),
        answer);
  }

  private static List<Demand> demands(List<dev.holdfast.protocol.v1.Demand> demands) {
    return demands.stream()
        .map(
            demand ->
                demand.getPermits() > 0
                    ? Demand.permits(demand.getLock(), demand.getPermits(), demand.getLimit())
                    : new Demand(demand.getLock(), modeOf(demand.getMode())))
        .toList();
  }

  private static LockMode modeOf(dev.holdfast.protocol.v1.LockMode mode) {
    return switch (mode) {
      case LOCK_MODE_IS -> LockMode.IS;
      case LOCK_MODE_IX -> LockMode.IX;
      case LOCK_MODE_S -> LockMode.S;
      case LOCK_MODE_SIX -> LockMode.SIX;
      case LOCK_MODE_X -> LockMode.X;
      case LOCK_MODE_NL, LOCK_MODE_UNSPECIFIED, UNRECOGNIZED -> LockMode.NL;
    };
  }

  private static Answer answerOf(dev.holdfast.protocol.v1.Answer answer) {
    return switch (answer.getResultCase()) {
      case GRANTED ->
          new Answer.Granted(
              answer.getGranted().getToken(),
              answer.getGranted().getExpiresAtMillis(),
              answer.getRevision());
      case RELEASED -> new Answer.Released(answer.getRevision());
      case QUEUED -> new Answer.Queued(answer.getQueued().getTicket());
      case REFUSED ->
          new Answer.Refused(answer.getRefused().getReason().name(), answer.getRevision());
      case HANDED_OVER -> new Answer.HandedOver(answer.getHandedOver().getToken());
      case DONE, APPENDED -> new Answer.Done(answer.getRevision());
      case RESULT_NOT_SET -> new Answer.Unknown();
    };
  }

  private static HoldingEnd endOf(@Nullable LossReason reason) {
    if (reason == null) {
      return HoldingEnd.GIVEN_BACK;
    }
    return switch (reason) {
      case SESSION_LOST -> HoldingEnd.SESSION_LOST;
      case SESSION_CLOSED -> HoldingEnd.SESSION_CLOSED;
      case LEASE_EXPIRED -> HoldingEnd.LEASE_EXPIRED;
      case FORCE_RELEASED, NOT_HELD -> HoldingEnd.TAKEN_AWAY;
    };
  }
}
