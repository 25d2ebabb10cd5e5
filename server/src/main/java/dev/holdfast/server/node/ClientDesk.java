package dev.holdfast.server.node;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event.SessionEnd;
import dev.holdfast.core.OperationInfo;
import dev.holdfast.core.Outcome.OperationRefused;
import dev.holdfast.core.Outcome.OperationTaken;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings into the log what clients of wires without sessions ask for, and tells what became of it.
 * An operation may be asked for at several nodes, and by several askers at this one; each of them
 * hears of it when this node's own map has applied it.
 */
final class ClientDesk {
  private static final Request CANCEL =
      Request.newBuilder().setCancel(Cancel.getDefaultInstance()).build();

  static final long PATIENCE_NANOS = 10_000_000_000L;

  /** Somebody who wants to hear of an operation. */
  private static final class Asker {
    final Asked asked;
    final Consumer<Answer> hears;
    final long giveUpNanos;

    /** Knows that the operation waits: then there is nothing to give up for. */
    boolean knowsItWaits;

    /** Knows what became of it; without a word of it, that is never known. */
    boolean knowsTheEnd;

    Asker(Asked asked, Consumer<Answer> hears, long giveUpNanos) {
      this.asked = asked;
      this.hears = hears;
      this.giveUpNanos = giveUpNanos;
    }
  }

  /** An operation that somebody here wants to hear of. */
  private static final class Asked {
    final ClientOperation operation;
    final List<Asker> askers = new ArrayList<>(1);

    /** 0 until the map has taken the operation. */
    long sessionId;

    long sequence;
    @Nullable Answer queued;

    /** Nobody here wants it any more, but it may be on its way. */
    boolean cancelled;

    /**
     * Somebody may have done it before this node listened: it was known when it was asked for here,
     * or the log had a gap since then.
     */
    boolean mayBeDone;

    /** What to tell if it is cancelled, because this node has no room for it. */
    @Nullable RefusalReason overload;

    Asked(ClientOperation operation) {
      this.operation = operation;
    }
  }

  private final Admission admission;
  private final Proposer proposer;
  private final MapView map;
  private final MapPosition position;
  private final NanoClock nanos;
  private final ClientSessions sessions;
  private final Map<ByteString, Map<ByteString, Asked>> byClient = new HashMap<>();
  private final Map<Long, Map<Long, Asked>> bySession = new HashMap<>();

  /** In the order of their patience's end. */
  private final ArrayDeque<Asker> patience = new ArrayDeque<>();

  ClientDesk(
      Admission admission,
      Proposer proposer,
      ReadBarrier barrier,
      MapView map,
      MapPosition position,
      NanoClock nanos,
      RandomGenerator random) {
    this.admission = admission;
    this.proposer = proposer;
    this.map = map;
    this.position = position;
    this.nanos = nanos;
    this.sessions = new ClientSessions(proposer, barrier, map, nanos, random);
  }

  /**
   * Does something for a client, once under each operation id.
   *
   * @param client who asks, without operation id and request
   * @param operationId 16 bytes, which no other client uses
   * @param hears that it waits, if it does, and then what became of it; {@code NO_LEADER} if
   *     nothing is known for 10 s, which leaves that open
   * @return takes it out of the queue if it still waits, and keeps it from being done if it was not
   *     taken yet; does nothing once its end was told
   */
  Runnable request(
      ClientOperation client, ByteString operationId, Request request, Consumer<Answer> hears) {
    Refused problem = admission.problemWith(client, operationId);
    if (problem == null) {
      problem = Admission.problemWith(request.toBuilder().setSequence(1).build());
    }
    if (problem != null) {
      hears.accept(refused(problem));
      return () -> {};
    }
    Map<ByteString, Asked> ofClient =
        byClient.computeIfAbsent(client.getClient(), _ -> new LinkedHashMap<>());
    Asked asked = ofClient.get(operationId);
    if (asked == null) {
      RefusalReason overload = admission.overload(request, ofClient.size(), proposer);
      // What there is no room for is not kept either.
      Request kept = overload == null ? admission.stamped(request) : CANCEL;
      asked =
          new Asked(
              client.toBuilder()
                  .setOperationId(operationId)
                  .setRequest(kept.toBuilder().clearSequence())
                  .build());
      asked.mayBeDone = known(asked.operation) != null;
      asked.overload = overload;
      if (overload != null) {
        admission.countTurnedAway();
      }
      ofClient.put(operationId, asked);
    }
    Asker asker = new Asker(asked, hears, nanos.nanoTime() + PATIENCE_NANOS);
    asked.askers.add(asker);
    patience.add(asker);
    if (asked.queued != null) {
      tellThatItWaits(asker, asked.queued);
    }
    // What another node may have done already cannot just be refused: it is cancelled first.
    if (asked.overload == null) {
      submit(asked);
    } else {
      propose(cancellation(asked));
    }
    return () -> cancel(asker);
  }

  private void cancel(Asker asker) {
    if (!asker.knowsTheEnd) {
      asker.asked.cancelled = true;
      propose(cancellation(asker.asked));
    }
  }

  private static ClientOperation cancellation(Asked asked) {
    return asked.operation.toBuilder().setRequest(CANCEL).build();
  }

  private void submit(Asked asked) {
    sessions.afterEnding(
        asked.operation.getClient(),
        () -> {
          // By now it may be known what became of it, or nobody want to know.
          if (!asked.askers.isEmpty()) {
            propose(asked.operation);
          }
        });
  }

  private void propose(ClientOperation operation) {
    sessions.afterEnding(
        operation.getClient(),
        () ->
            proposer.submit(
                Command.newBuilder()
                    .setClientOperation(
                        operation.toBuilder().setAskedAtRevision(position.revision()))
                    .build()));
  }

  /**
   * As long as a client's session lasts from now on.
   *
   * @param hears false if there is none, or nothing is known for 10 s
   */
  void renew(ByteString client, Consumer<Boolean> hears) {
    sessions.renew(client, hears);
  }

  /**
   * Ends a client's session, as it is when all that was asked for here before is done.
   *
   * @param done hears when it has ended, or after 10 s
   */
  void end(ByteString client, Runnable done) {
    sessions.end(client, done);
  }

  /** Whether somebody here wants to hear of the request with this number. */
  boolean isAsking(long sessionId, long sequence) {
    Map<Long, Asked> ofSession = bySession.get(sessionId);
    return ofSession != null && ofSession.containsKey(sequence);
  }

  void onTaken(OperationTaken taken) {
    Asked asked = find(taken.client(), taken.operationId());
    if (asked != null) {
      take(asked, taken.sessionId(), taken.sequence());
    }
  }

  private void take(Asked asked, long sessionId, long sequence) {
    leaveSession(asked);
    asked.sessionId = sessionId;
    asked.sequence = sequence;
    bySession.computeIfAbsent(sessionId, _ -> new LinkedHashMap<>()).put(sequence, asked);
  }

  void onRefused(OperationRefused refused) {
    Asked asked = find(refused.client(), refused.operationId());
    if (asked == null) {
      return;
    }
    boolean ended = refused.answer().getRefused().getReason() == RefusalReason.SESSION_EXPIRED;
    if (ended && asked.sessionId == 0 && !asked.mayBeDone) {
      askAgain(asked);
    } else {
      finish(asked, refused.answer());
    }
  }

  /**
   * The client's session ended between the asking here and the map: this is of no session that this
   * node knew of. Whatever had been done of it would have been told here, so nothing was.
   */
  private void askAgain(Asked asked) {
    if (asked.cancelled || asked.overload != null) {
      propose(cancellation(asked));
    } else {
      submit(asked);
    }
  }

  void onAnswer(long sessionId, long sequence, Answer answer) {
    Map<Long, Asked> ofSession = bySession.get(sessionId);
    Asked asked = ofSession == null ? null : ofSession.get(sequence);
    if (asked == null) {
      return;
    }
    if (answer.hasQueued()) {
      asked.queued = answer;
      List.copyOf(asked.askers).forEach(asker -> tellThatItWaits(asker, answer));
    } else {
      finish(asked, answer);
    }
  }

  private static void tellThatItWaits(Asker asker, Answer queued) {
    if (!asker.knowsItWaits) {
      asker.knowsItWaits = true;
      asker.hears.accept(queued);
    }
  }

  private void finish(Asked asked, Answer answer) {
    forget(asked);
    RefusalReason overload = asked.overload;
    Answer told =
        overload != null && answer.getRefused().getReason() == RefusalReason.CANCELLED
            ? answer.toBuilder().setRefused(RefusalDetail.refused(overload)).build()
            : answer;
    List<Asker> askers = List.copyOf(asked.askers);
    asked.askers.clear();
    for (Asker asker : askers) {
      asker.knowsTheEnd = true;
      asker.hears.accept(told);
    }
  }

  /** Nobody here waits for it any more, so it is not sent again either. */
  private void forget(Asked asked) {
    proposer.settle(CommandKey.operation(asked.operation));
    leaveSession(asked);
    Map<ByteString, Asked> ofClient = byClient.get(asked.operation.getClient());
    if (ofClient != null) {
      ofClient.remove(asked.operation.getOperationId(), asked);
      if (ofClient.isEmpty()) {
        byClient.remove(asked.operation.getClient());
      }
    }
  }

  private void leaveSession(Asked asked) {
    Map<Long, Asked> ofSession = bySession.get(asked.sessionId);
    if (ofSession != null) {
      ofSession.remove(asked.sequence, asked);
      if (ofSession.isEmpty()) {
        bySession.remove(asked.sessionId);
      }
    }
  }

  private @Nullable Asked find(ByteString client, ByteString operationId) {
    Map<ByteString, Asked> ofClient = byClient.get(client);
    return ofClient == null ? null : ofClient.get(operationId);
  }

  /** What waited in a session that has ended waits no more. */
  void onSessionEnded(long sessionId, SessionEnd end) {
    Map<Long, Asked> ofSession = bySession.get(sessionId);
    if (ofSession != null) {
      RefusalReason reason =
          switch (end) {
            case CLOSED -> RefusalReason.SESSION_CLOSED;
            case EXPIRED -> RefusalReason.SESSION_EXPIRED;
          };
      Answer answer = refused(RefusalDetail.refused(reason));
      List.copyOf(ofSession.values()).forEach(asked -> finish(asked, answer));
    }
    sessions.onSessionEnded(sessionId);
  }

  void onRenewed(long sessionId, long nonce, boolean alive) {
    sessions.onRenewed(sessionId, nonce, alive);
  }

  /** The map was replaced: the outcomes that lie in it are never seen here. */
  void onRestored() {
    List<Asked> all = new ArrayList<>();
    byClient.values().forEach(ofClient -> all.addAll(ofClient.values()));
    all.forEach(this::lookUp);
    sessions.onRestored();
  }

  private void lookUp(Asked asked) {
    OperationInfo known = known(asked.operation);
    asked.mayBeDone = true;
    if (known != null) {
      take(asked, known.sessionId(), known.sequence());
      if (known.answer() != null) {
        onAnswer(known.sessionId(), known.sequence(), known.answer());
      }
    } else if (asked.sessionId != 0) {
      // It was taken, and its session has ended since.
      finish(asked, refused(RefusalDetail.refused(RefusalReason.SESSION_EXPIRED)));
    }
  }

  private @Nullable OperationInfo known(ClientOperation operation) {
    return map.read(
        machine -> machine.clientOperation(operation.getClient(), operation.getOperationId()));
  }

  /** To be called after all events that wait were taken in, and when time has passed. */
  void settle(long nowNanos) {
    for (Asker first = patience.peek();
        first != null && (isPatient(first) || nowNanos - first.giveUpNanos >= 0);
        first = patience.peek()) {
      patience.remove();
      if (!isPatient(first)) {
        giveUp(first);
      }
    }
    sessions.settle(nowNanos);
  }

  private static boolean isPatient(Asker asker) {
    return asker.knowsItWaits || asker.knowsTheEnd;
  }

  private void giveUp(Asker asker) {
    Asked asked = asker.asked;
    asked.askers.remove(asker);
    if (asked.askers.isEmpty()) {
      // What is on its way may still be done.
      forget(asked);
    }
    asker.hears.accept(
        refused(
            RefusalDetail.refused(
                RefusalReason.NO_LEADER,
                "no outcome for 10 s, so it is unknown; ask again with the same operation id,"
                    + " which does it once")));
  }

  long nanosUntilDue(long nowNanos) {
    Asker first = patience.peek();
    long due = first == null ? Long.MAX_VALUE : Math.max(0, first.giveUpNanos - nowNanos);
    return Math.min(due, sessions.nanosUntilDue(nowNanos));
  }

  private Answer refused(Refused refused) {
    return Answer.newBuilder().setRefused(refused).setRevision(position.revision()).build();
  }
}
