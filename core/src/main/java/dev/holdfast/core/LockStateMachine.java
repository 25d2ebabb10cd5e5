package dev.holdfast.core;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Deadlines.Deadline;
import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.core.Event.QueueExit;
import dev.holdfast.core.Event.SessionEnd;
import dev.holdfast.core.Event.SessionOpened;
import dev.holdfast.core.Outcome.Closed;
import dev.holdfast.core.Outcome.OpenRefused;
import dev.holdfast.core.Outcome.Opened;
import dev.holdfast.core.Outcome.Renewed;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.RenewSession;
import dev.holdfast.protocol.log.v1.SnapshotRecord;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rules of locking: a function of its state and one entry of the replicated log after the
 * other. It knows no clock, no randomness, no thread and no input or output, and walks nothing
 * whose order does not depend on content alone; so nodes that applied the same entries are equal,
 * and a run can be repeated.
 *
 * <p>Applying an entry: the clock moves to the entry's stamp if that is later; the entry's renewals
 * are applied, then everything that is due expires, in the order of deadlines; then come the other
 * commands. Every command, every expiry and every grant is a step and takes a revision. A grant's
 * revision is its fencing token, the revision at which a request entered is its ticket, and the
 * revision at which a session was opened is its number.
 *
 * <p>Not safe for use by several threads: whoever hosts it lets readers in only between entries.
 * {@link #image} is the exception: what it returns may be read anywhere, later.
 *
 * <p>Nothing that a client can send makes {@link #apply} throw. If it throws, that is a bug, and
 * the node must stop before it answers wrong.
 */
public final class LockStateMachine {
  private final State state;
  private final Steps steps;
  private final Requests requests;
  private final Operators operators;
  private final ClientOperations clients;

  /** A machine that has applied nothing. */
  public LockStateMachine() {
    this(new State());
  }

  private LockStateMachine(State state) {
    this.state = state;
    this.steps = new Steps(state);
    this.requests = new Requests(state, steps);
    this.operators = new Operators(state, steps);
    this.clients = new ClientOperations(state, steps, requests);
  }

  /**
   * A machine in the state that a snapshot tells.
   *
   * @param records what {@link StateImage#records} gave, all of it and in that order
   * @throws IllegalArgumentException if the records are incomplete or damaged
   */
  public static LockStateMachine restore(Iterator<SnapshotRecord> records) {
    return new LockStateMachine(Snapshots.read(records));
  }

  /** For tests in this package. */
  State state() {
    return state;
  }

  /** The state as it is now, to be read at leisure on any thread while this machine goes on. */
  public StateImage image() {
    return Snapshots.imageOf(state);
  }

  /** Applies one entry of the log. */
  public Applied apply(LogEntry entry) {
    state.clockMillis = Math.max(state.clockMillis, entry.getClockMillis());
    List<Command> commands = entry.getCommandsList();
    for (int i = 0; i < commands.size(); i++) {
      if (commands.get(i).hasRenew()) {
        renew(commands.get(i).getRenew());
      }
    }
    expireDue();
    for (int i = 0; i < commands.size(); i++) {
      execute(commands.get(i));
    }
    return steps.take();
  }

  private void execute(Command command) {
    switch (command.getKindCase()) {
      case REQUEST -> requests.execute(command.getRequest(), steps.next());
      case OPEN -> open(command.getOpen(), steps.next());
      case CLOSE -> close(command.getClose().getSessionId(), steps.next());
      case FORCE_RELEASE -> operators.forceRelease(command.getForceRelease(), steps.next());
      case ASK_REVOCATION -> operators.askRevocation(command.getAskRevocation(), steps.next());
      case CLIENT_OPERATION -> clients.execute(command.getClientOperation(), steps.next());
      case RENEW -> {
        // Applied before anything expired.
      }
      case KIND_NOT_SET -> steps.next();
    }
  }

  private void renew(RenewSession renewal) {
    steps.next();
    Session session = state.sessions.get(renewal.getSessionId());
    if (session != null) {
      long deadlineMillis = Steps.saturatedSum(state.clockMillis, session.ttlMillis());
      state.replace(session, session.with(deadlineMillis, session.acknowledged()));
    }
    steps.tell(new Renewed(renewal.getSessionId(), renewal.getNonce(), session != null));
  }

  private void expireDue() {
    for (Deadline due = state.deadlines.takeDue(state.clockMillis);
        due != null;
        due = state.deadlines.takeDue(state.clockMillis)) {
      long revision = steps.next();
      switch (due.kind()) {
        case SESSION ->
            steps.endSession(
                Objects.requireNonNull(state.sessions.get(due.id())), SessionEnd.EXPIRED, revision);
        case LEASE ->
            steps.endGrant(
                Objects.requireNonNull(state.grants.get(due.id())),
                GrantEnd.LEASE_EXPIRED,
                revision);
        case RESERVATION ->
            steps.endReservation(
                Objects.requireNonNull(state.reservations.get(due.id())), "", "", revision);
        case WAIT ->
            steps.refuseWaiting(
                Objects.requireNonNull(state.waiting.get(due.id())),
                RefusalReason.WAIT_TIMED_OUT,
                QueueExit.TIMED_OUT,
                revision);
      }
      steps.settle();
    }
  }

  private void open(OpenSession open, long revision) {
    Long known = state.sessionByNonce.get(open.getNonce());
    if (known != null) {
      Session session = Objects.requireNonNull(state.sessions.get(known));
      steps.tell(new Opened(open.getNonce(), known, session.ttlMillis()));
      return;
    }
    RefusalReason broken = brokenRule(open);
    if (broken != null) {
      steps.tell(new OpenRefused(open.getNonce(), Answers.refused(broken, revision)));
      return;
    }
    state.add(
        new Session(
            revision,
            open.getNonce(),
            open.getSecretHash(),
            open.getClientId(),
            open.getLabel(),
            open.getTtlMillis(),
            Steps.saturatedSum(state.clockMillis, open.getTtlMillis()),
            open.getLocksMax(),
            Numbers.EMPTY));
    steps.report(new SessionOpened(revision, revision, open.getClientId(), open.getLabel()));
    steps.tell(new Opened(open.getNonce(), revision, open.getTtlMillis()));
  }

  private @Nullable RefusalReason brokenRule(OpenSession open) {
    if (open.getSecretHash().size() != Limits.SECRET_HASH_BYTES
        || !Session.isWellFormed(
            open.getNonce(),
            open.getClientId(),
            open.getLabel(),
            open.getTtlMillis(),
            open.getLocksMax())) {
      return RefusalReason.INVALID_REQUEST;
    }
    return state.sessions.size() >= Limits.SESSIONS_MAX ? RefusalReason.TOO_MANY_SESSIONS : null;
  }

  private void close(long sessionId, long revision) {
    Session session = state.sessions.get(sessionId);
    if (session != null) {
      steps.endSession(session, SessionEnd.CLOSED, revision);
    }
    steps.tell(new Closed(sessionId));
    steps.settle();
  }

  /** How many steps this machine has taken. */
  public long revision() {
    return state.revision;
  }

  /** The revision of the last step that changed who holds or waits. */
  public long mapRevision() {
    return state.mapRevision;
  }

  /** The cluster clock, in milliseconds. */
  public long clockMillis() {
    return state.clockMillis;
  }

  /**
   * When the next thing ends by itself, on the cluster clock; {@link Long#MAX_VALUE} when nothing
   * will.
   */
  public long nextDeadlineMillis() {
    return state.deadlines.nextMillis();
  }

  /**
   * 32 bytes that are equal on all nodes of equal revision. Costs the segments changed since the
   * last call.
   */
  public byte[] stateHash() {
    return Snapshots.hashOf(state);
  }

  /** How many sessions are open. */
  public int sessionCount() {
    return state.sessions.size();
  }

  /** How many locks are held, waited for or reserved by name. */
  public int lockCount() {
    return state.lockMap.namesInUse();
  }

  /** How many grants there are; a grant may hold several locks. */
  public int grantCount() {
    return state.grants.size();
  }

  /** How many requests wait. */
  public int waitingCount() {
    return state.waiting.size();
  }

  /**
   * How often a waiting request was looked at because something was freed; grants are among these
   * looks.
   */
  public long waitingLooks() {
    return state.lockMap.looks();
  }

  /**
   * Who holds a lock, who waits for it by name, for how long it is reserved, and its value.
   *
   * @param queueLimit most waiting requests to list
   * @return null if there is nothing of these
   */
  public @Nullable LockInfo lock(String name, int queueLimit) {
    return lock(name, Integer.MAX_VALUE, queueLimit);
  }

  /**
   * The same, with not more than so many holders.
   *
   * @param holderLimit most holders to list, those with the smallest tokens
   */
  public @Nullable LockInfo lock(String name, int holderLimit, int queueLimit) {
    Lock lock = state.lockMap.lock(name);
    return lock == null || !isShown(lock) ? null : lock.info(holderLimit, queueLimit);
  }

  /**
   * The locks whose names begin with a prefix, in the order of names, without their queues'
   * members.
   *
   * @param after only names greater than this one
   * @param limit most locks to list
   */
  public List<LockInfo> locks(String prefix, String after, int limit) {
    return locks(prefix, after, limit, Integer.MAX_VALUE);
  }

  /**
   * The same, with not more than so many holders of each.
   *
   * @param holderLimit most holders to list of a lock, those with the smallest tokens
   */
  public List<LockInfo> locks(String prefix, String after, int limit, int holderLimit) {
    List<LockInfo> found = new ArrayList<>();
    boolean fromPrefix = prefix.compareTo(after) > 0;
    for (Lock lock : state.lockMap.locksFrom(fromPrefix ? prefix : after, fromPrefix)) {
      if (found.size() >= limit || !lock.name.startsWith(prefix)) {
        break;
      }
      if (isShown(lock)) {
        found.add(lock.info(holderLimit, 0));
      }
    }
    return found;
  }

  private static boolean isShown(Lock lock) {
    return lock.isNamed() || lock.value != null;
  }

  /** The deadlocks that were found last, the oldest first. */
  public List<Deadlock> deadlocks() {
    return List.copyOf(state.recentDeadlocks.values());
  }

  /** How many edges the searches for deadlocks have looked at. */
  public long deadlockLooks() {
    return steps.deadlocks().looks();
  }

  /** Who waits for whom. */
  public WaitReads waits() {
    return new WaitReads(state);
  }

  /** Who stands in line. */
  public QueueReads queues() {
    return new QueueReads(state);
  }

  /** The files and their bytes. */
  public FileReads files() {
    return new FileReads(state);
  }

  /** A session; null if it is not open. */
  public @Nullable SessionInfo session(long sessionId) {
    Session session = state.sessions.get(sessionId);
    return session == null ? null : info(session);
  }

  /**
   * The open sessions with numbers greater than {@code after}, in their order.
   *
   * @param limit most sessions to list
   */
  public List<SessionInfo> sessions(long after, int limit) {
    return state.contents.tailMap(after, false).keySet().stream()
        .limit(limit)
        .map(id -> info(Objects.requireNonNull(state.sessions.get(id))))
        .toList();
  }

  private SessionInfo info(Session session) {
    SessionContents contents = state.contentsOf(session.id());
    return new SessionInfo(
        session.id(),
        session.secretHash(),
        session.clientId(),
        session.label(),
        session.ttlMillis(),
        session.deadlineMillis(),
        contents.grantsByToken.size(),
        contents.waitingBySequence.size());
  }

  /** The session that was opened with a nonce; null if there is none. */
  public @Nullable Long sessionByNonce(ByteString nonce) {
    return state.sessionByNonce.get(nonce);
  }

  /** The session of a client that asks by operation ids; null if it has none. */
  public @Nullable Long sessionOfClient(ByteString client) {
    return state.sessionByClient.get(client);
  }

  /**
   * What is known of an operation; null if its client has no session, or it was not taken in that
   * session, or so long ago that it is forgotten.
   */
  public @Nullable OperationInfo clientOperation(ByteString client, ByteString operationId) {
    Long sessionId = state.sessionByClient.get(client);
    Long sequence =
        sessionId == null
            ? null
            : Objects.requireNonNull(state.contentsOf(sessionId).operations).get(operationId);
    return sessionId == null || sequence == null
        ? null
        : new OperationInfo(sessionId, sequence, answerTo(sessionId, sequence));
  }

  /** The tokens of all that a session holds, ascending; empty if it is not open. */
  public List<Long> tokensOf(long sessionId) {
    SessionContents contents = state.contents.get(sessionId);
    return contents == null
        ? List.of()
        : contents.grantsByToken.list().stream().map(Grant::token).toList();
  }

  /** What a session holds because it was handed over to it, by token; empty if it is not open. */
  public List<ReceivedInfo> receivedBy(long sessionId) {
    List<ReceivedInfo> received = new ArrayList<>();
    SessionContents contents = state.contents.get(sessionId);
    if (contents != null) {
      for (Grant grant : contents.grantsByToken.list()) {
        Grant.Giver giver = grant.giver();
        if (giver != null) {
          received.add(new ReceivedInfo(grant.info(), giver.sessionId(), giver.token()));
        }
      }
    }
    return received;
  }

  /** A grant; null if there is none with this token. */
  public @Nullable GrantInfo grant(long token) {
    Grant grant = state.grants.get(token);
    return grant == null ? null : grant.info();
  }

  /** Whether a token is that of a grant that names the lock now. */
  public boolean isCurrent(String lock, long token) {
    Grant grant = state.grants.get(token);
    return grant != null && grant.names(lock);
  }

  /**
   * What is known of a request: its stored answer, that it is queued, that it is stale; null if no
   * such request was applied, or the session is not open.
   */
  public @Nullable Answer answerTo(long sessionId, long sequence) {
    Session session = state.sessions.get(sessionId);
    if (session == null) {
      return null;
    }
    if (session.acknowledged().contains(sequence)) {
      return Answers.refused(RefusalReason.STALE_REQUEST, state.revision);
    }
    Waiting waiting = state.contentsOf(sessionId).waitingBySequence.get(sequence);
    return waiting != null ? Answers.queued(waiting) : storedAnswer(sessionId, sequence);
  }

  private @Nullable Answer storedAnswer(long sessionId, long sequence) {
    Answer stored = state.answers.get(new AnswerKey(sessionId, sequence));
    return stored == null ? null : Answers.fromStore(stored, state);
  }

  /**
   * The answer to an operator's command; null if it was not executed, or so long ago that it is
   * forgotten.
   */
  public @Nullable Answer operationAnswer(ByteString operationId) {
    return state.operationAnswer(operationId);
  }
}
