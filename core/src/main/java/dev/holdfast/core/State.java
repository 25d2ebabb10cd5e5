package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Deadlines.Kind;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Deadlock;
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
  final Table<Long, Reservation> reservations = new Table<>(State::segmentOf);
  final Table<String, LockValue> values = new Table<>(String::hashCode);
  final Table<Passing, Passing> passings = new Table<>(key -> segmentOf(key.ticket()));
  final Table<DeadlockKey, Deadlock> deadlocks = new Table<>(key -> segmentOf(key.revision()));
  final Table<AnswerKey, ByteString> clientOperations =
      new Table<>(key -> segmentOf(key.sessionId()));

  /** By the revision of the end. */
  final Table<Long, ByteString> clientEnds = new Table<>(State::segmentOf);

  final FileStore files = new FileStore();

  final LockMap lockMap = new LockMap();
  final Deadlines deadlines = new Deadlines();
  final TreeMap<Long, SessionContents> contents = new TreeMap<>();

  /** What was looked for last in there: one request asks for the same several times. */
  private @Nullable SessionContents latestContents;

  final TreeMap<ByteString, Long> sessionByNonce =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());
  final TreeMap<ByteString, Long> sessionByClient =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());
  final TreeMap<ByteString, Long> operationById =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());
  final TreeMap<Long, ByteString> operationsByOrder = new TreeMap<>();
  final TreeMap<ByteString, Long> endByClient =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());
  final TreeMap<Long, ByteString> clientsByEnd = new TreeMap<>();

  /** The recent deadlocks, the oldest first. */
  final TreeMap<DeadlockKey, Deadlock> recentDeadlocks = new TreeMap<>();

  /** Grants and waiting requests that may reserve locks, and reservations. */
  int reserving;

  private static int segmentOf(long number) {
    return Long.hashCode(number);
  }

  SessionContents contentsOf(long sessionId) {
    SessionContents latest = latestContents;
    if (latest == null || latest.session.id() != sessionId) {
      latest = Objects.requireNonNull(contents.get(sessionId));
      latestContents = latest;
    }
    return latest;
  }

  void add(Session session) {
    sessions.put(session.id(), session);
    contents.put(session.id(), new SessionContents(session));
    (session.asksByOperations() ? sessionByClient : sessionByNonce)
        .put(session.nonce(), session.id());
    deadlines.add(session.deadlineMillis(), session.id(), Kind.SESSION);
  }

  void replace(Session old, Session session) {
    sessions.put(session.id(), session);
    contentsOf(session.id()).session = session;
    if (old.deadlineMillis() != session.deadlineMillis()) {
      deadlines.remove(old.deadlineMillis(), old.id(), Kind.SESSION);
      deadlines.add(session.deadlineMillis(), session.id(), Kind.SESSION);
    }
  }

  /** Removes a session that has neither grants nor waiting requests any more. */
  void remove(Session session) {
    sessions.remove(session.id());
    contents.remove(session.id());
    latestContents = null;
    deadlines.remove(session.deadlineMillis(), session.id(), Kind.SESSION);
    AnswerKey first = new AnswerKey(session.id(), Long.MIN_VALUE);
    AnswerKey last = new AnswerKey(session.id(), Long.MAX_VALUE);
    answers.removeRange(first, last);
    if (session.asksByOperations()) {
      sessionByClient.remove(session.nonce());
      clientOperations.removeRange(first, last);
    } else {
      sessionByNonce.remove(session.nonce());
    }
  }

  /** Remembers when the last session of a client that asks by operations ended. */
  void rememberEnd(ByteString client, long revision) {
    Long before = endByClient.put(client, revision);
    if (before != null) {
      clientEnds.remove(before);
      clientsByEnd.remove(before);
    }
    clientEnds.put(revision, client);
    clientsByEnd.put(revision, client);
    if (clientsByEnd.size() > Limits.CLIENT_ENDS_REMEMBERED) {
      var oldest = Objects.requireNonNull(clientsByEnd.pollFirstEntry());
      clientEnds.remove(oldest.getKey());
      endByClient.remove(oldest.getValue());
    }
  }

  /** Remembers the number of a client's operation. */
  void number(AnswerKey key, ByteString operationId) {
    SessionContents session = contentsOf(key.sessionId());
    clientOperations.put(key, operationId);
    Objects.requireNonNull(session.operations).put(operationId, key.sequence());
    session.lastOperation = Math.max(session.lastOperation, key.sequence());
  }

  /**
   * Forgets the oldest operation of a session that neither waits nor is the latest, if there is
   * one: its answer goes, and its number counts as acknowledged.
   */
  void forgetOldestOperation(SessionContents session) {
    long id = session.session.id();
    AnswerKey key = firstOperation(id, Long.MIN_VALUE);
    while (key.sequence() < session.lastOperation) {
      if (session.waitingBySequence.get(key.sequence()) == null) {
        ByteString operationId = Objects.requireNonNull(clientOperations.get(key));
        clientOperations.remove(key);
        Objects.requireNonNull(session.operations).remove(operationId);
        acknowledge(session.session, session.session.acknowledged().with(key.sequence()));
        return;
      }
      key = firstOperation(id, key.sequence() + 1);
    }
  }

  private AnswerKey firstOperation(long sessionId, long sequence) {
    return Objects.requireNonNull(clientOperations.firstFrom(new AnswerKey(sessionId, sequence)));
  }

  /**
   * Keeps an answer until its session acknowledges it; not at all if it has done so. Beyond {@link
   * Limits#KEPT_ANSWERS_MAX} the answer to the smallest number goes, and counts as acknowledged.
   */
  void store(AnswerKey key, Answer answer) {
    SessionContents session = contentsOf(key.sessionId());
    if (session.session.acknowledged().contains(key.sequence())) {
      return;
    }
    load(key, answer);
    if (session.storedAnswers > Limits.KEPT_ANSWERS_MAX) {
      AnswerKey oldest =
          Objects.requireNonNull(answers.firstFrom(new AnswerKey(key.sessionId(), Long.MIN_VALUE)));
      acknowledge(session.session, session.session.acknowledged().with(oldest.sequence()));
    }
  }

  /** Keeps an answer without a look at its session's limits. */
  void load(AnswerKey key, Answer answer) {
    answers.put(key, answer);
    contentsOf(key.sessionId()).storedAnswers++;
  }

  /** Drops the answers to numbers that are acknowledged now. */
  private void acknowledge(Session session, Numbers after) {
    dropAcknowledged(session.id(), session.acknowledged(), after);
    replace(session, session.with(session.deadlineMillis(), after));
  }

  /** Drops the answers to the numbers of {@code after}, those in {@code before} being dropped. */
  void dropAcknowledged(long sessionId, Numbers before, Numbers after) {
    dropAnswers(sessionId, before.below(), after.below() - 1);
    for (int i = 0; i < after.rangeCount(); i++) {
      dropAnswers(sessionId, after.rangeFrom(i), after.rangeTo(i));
    }
  }

  private void dropAnswers(long sessionId, long from, long to) {
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
    reserving += grant.mayReserve() ? 1 : 0;
    if (grant.expiresAtMillis() != 0) {
      deadlines.add(grant.expiresAtMillis(), grant.token(), Kind.LEASE);
    }
  }

  /** Tells what request its owner has waiting. */
  @Nullable Waiting remove(Grant grant) {
    grants.remove(grant.token());
    Waiting waitingOfOwner = lockMap.remove(grant);
    SessionContents session = contentsOf(grant.owner().sessionId());
    session.grantsByToken.remove(grant.token());
    session.locks -= grant.demands().size();
    reserving -= grant.mayReserve() ? 1 : 0;
    if (grant.expiresAtMillis() != 0) {
      deadlines.remove(grant.expiresAtMillis(), grant.token(), Kind.LEASE);
    }
    return waitingOfOwner;
  }

  void add(Waiting request) {
    lockMap.add(request);
    waiting.put(request.ticket(), request);
    SessionContents session = contentsOf(request.owner().sessionId());
    session.waitingBySequence.put(request.sequence(), request);
    session.locks += request.converts() ? 0 : request.demands().size();
    reserving += request.mayReserve() ? 1 : 0;
    if (request.waitUntilMillis() != Long.MAX_VALUE) {
      deadlines.add(request.waitUntilMillis(), request.ticket(), Kind.WAIT);
    }
  }

  /** Forgets a waiting request that has left, or is leaving, the queues of the lock map. */
  void forget(Waiting request) {
    waiting.remove(request.ticket());
    if (lockMap.forgetPassings(request)) {
      passings.removeRange(
          new Passing(request.ticket(), 0), new Passing(request.ticket(), Long.MAX_VALUE));
    }
    SessionContents session = contentsOf(request.owner().sessionId());
    session.waitingBySequence.remove(request.sequence());
    session.locks -= request.converts() ? 0 : request.demands().size();
    reserving -= request.mayReserve() ? 1 : 0;
    if (request.waitUntilMillis() != Long.MAX_VALUE) {
      deadlines.remove(request.waitUntilMillis(), request.ticket(), Kind.WAIT);
    }
  }

  void add(Reservation reservation) {
    long token = reservation.asGrant().token();
    reservations.put(token, reservation);
    lockMap.add(reservation);
    deadlines.add(reservation.untilMillis(), token, Kind.RESERVATION);
    reserving++;
  }

  void remove(Reservation reservation) {
    long token = reservation.asGrant().token();
    reservations.remove(token);
    lockMap.remove(reservation);
    deadlines.remove(reservation.untilMillis(), token, Kind.RESERVATION);
    reserving--;
  }

  void setValue(String lock, LockValue value) {
    values.put(lock, value);
    lockMap.setValue(lock, value);
  }

  void removeValue(String lock) {
    values.remove(lock);
    lockMap.setValue(lock, null);
  }

  /** From now on the request is not held back by the earlier one. */
  void pass(Waiting request, Waiting passed) {
    Passing passing = new Passing(request.ticket(), passed.ticket());
    passings.put(passing, passing);
    lockMap.pass(request, passed.ticket());
  }

  void load(Passing passing) {
    passings.put(passing, passing);
    lockMap.loadPassing(passing.ticket(), passing.passed());
  }

  void remember(Deadlock deadlock) {
    DeadlockKey key = DeadlockKey.of(deadlock);
    deadlocks.put(key, deadlock);
    recentDeadlocks.put(key, deadlock);
    if (recentDeadlocks.size() > Limits.DEADLOCKS_REMEMBERED) {
      deadlocks.remove(Objects.requireNonNull(recentDeadlocks.pollFirstEntry()).getKey());
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
