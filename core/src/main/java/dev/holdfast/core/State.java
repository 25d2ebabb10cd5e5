package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Deadlines.Kind;
import dev.holdfast.protocol.v1.Answer;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything the machine knows. The tables are the state: what a snapshot has, what the hash
 * covers, what must be equal on every node. The rest is derived from them, and every change goes
 * through here so that the two cannot part.
 */
final class State {
  long revision;
  long mapRevision;
  long clockMillis;

  final Table<Long, Session> sessions = new Table<>(State::segmentOf);
  final Table<AnswerKey, Answer> answers = new Table<>(key -> segmentOf(key.sessionId()));
  final Table<Long, Grant> grants = new Table<>(State::segmentOf);
  final Table<Long, Waiting> waiting = new Table<>(State::segmentOf);
  final Table<Long, Operation> operations = new Table<>(State::segmentOf);

  final LockMap lockMap = new LockMap();
  final Deadlines deadlines = new Deadlines();
  final TreeMap<Long, SessionContents> contents = new TreeMap<>();
  final TreeMap<ByteString, Long> sessionByNonce =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());
  final TreeMap<ByteString, Long> operationById =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());
  final TreeMap<Long, ByteString> operationsByOrder = new TreeMap<>();

  private static int segmentOf(long number) {
    return Long.hashCode(number);
  }

  SessionContents contentsOf(long sessionId) {
    return Objects.requireNonNull(contents.get(sessionId));
  }

  void add(Session session) {
    sessions.put(session.id(), session);
    contents.put(session.id(), new SessionContents());
    sessionByNonce.put(session.nonce(), session.id());
    deadlines.add(session.deadlineMillis(), session.id(), Kind.SESSION);
  }

  void replace(Session old, Session session) {
    sessions.put(session.id(), session);
    if (old.deadlineMillis() != session.deadlineMillis()) {
      deadlines.remove(old.deadlineMillis(), old.id(), Kind.SESSION);
      deadlines.add(session.deadlineMillis(), session.id(), Kind.SESSION);
    }
  }

  /** Removes a session that has neither grants nor waiting requests any more. */
  void remove(Session session) {
    sessions.remove(session.id());
    contents.remove(session.id());
    sessionByNonce.remove(session.nonce());
    deadlines.remove(session.deadlineMillis(), session.id(), Kind.SESSION);
    answers.removeRange(
        new AnswerKey(session.id(), Long.MIN_VALUE), new AnswerKey(session.id(), Long.MAX_VALUE));
  }

  void store(AnswerKey key, Answer answer) {
    answers.put(key, answer);
    contentsOf(key.sessionId()).storedAnswers++;
  }

  void dropAnswers(long sessionId, long from, long to) {
    if (from <= to) {
      contentsOf(sessionId).storedAnswers -=
          answers.removeRange(new AnswerKey(sessionId, from), new AnswerKey(sessionId, to));
    }
  }

  void add(Grant grant) {
    grants.put(grant.token(), grant);
    lockMap.add(grant);
    SessionContents session = contentsOf(grant.owner().sessionId());
    session.grantsByToken.put(grant.token(), grant);
    session.locks += grant.demands().size();
    if (grant.expiresAtMillis() != 0) {
      deadlines.add(grant.expiresAtMillis(), grant.token(), Kind.LEASE);
    }
  }

  void remove(Grant grant) {
    grants.remove(grant.token());
    lockMap.remove(grant);
    SessionContents session = contentsOf(grant.owner().sessionId());
    session.grantsByToken.remove(grant.token());
    session.locks -= grant.demands().size();
    if (grant.expiresAtMillis() != 0) {
      deadlines.remove(grant.expiresAtMillis(), grant.token(), Kind.LEASE);
    }
  }

  void add(Waiting request) {
    lockMap.add(request);
    waiting.put(request.ticket(), request);
    SessionContents session = contentsOf(request.owner().sessionId());
    session.waitingBySequence.put(request.sequence(), request);
    session.locks += request.demands().size();
    if (request.waitUntilMillis() != Long.MAX_VALUE) {
      deadlines.add(request.waitUntilMillis(), request.ticket(), Kind.WAIT);
    }
  }

  /** Forgets a waiting request that has left, or is leaving, the queues of the lock map. */
  void forget(Waiting request) {
    waiting.remove(request.ticket());
    SessionContents session = contentsOf(request.owner().sessionId());
    session.waitingBySequence.remove(request.sequence());
    session.locks -= request.demands().size();
    if (request.waitUntilMillis() != Long.MAX_VALUE) {
      deadlines.remove(request.waitUntilMillis(), request.ticket(), Kind.WAIT);
    }
  }

  void remember(long order, Operation operation) {
    operations.put(order, operation);
    operationById.put(operation.id(), order);
    operationsByOrder.put(order, operation.id());
    if (operationsByOrder.size() > Limits.OPERATIONS_REMEMBERED) {
      var oldest = Objects.requireNonNull(operationsByOrder.pollFirstEntry());
      operations.remove(oldest.getKey());
      operationById.remove(oldest.getValue());
    }
  }

  @Nullable Answer operationAnswer(ByteString id) {
    Long order = operationById.get(id);
    return order == null ? null : Objects.requireNonNull(operations.get(order)).answer();
  }
}
