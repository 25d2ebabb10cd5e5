package dev.holdfast.client.fake;

import dev.holdfast.client.fake.FakeSession.Waiting;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Answered;
import dev.holdfast.protocol.v1.Attached;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Granted;
import dev.holdfast.protocol.v1.GrantsHeld;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.LossReason;
import dev.holdfast.protocol.v1.LostGrant;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Released;
import dev.holdfast.protocol.v1.RenewFrame;
import dev.holdfast.protocol.v1.Renewed;
import dev.holdfast.protocol.v1.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rules of locks told shortly, for names without ancestors and modes S and X; and a strict
 * reader of what clients send: a number used for two different things, an acknowledgement of an
 * answer that was never sent, fail the test. For one thread at a time.
 */
public final class FakeCluster {
  /** Someone's grant. */
  public record Grant(
      long token, long session, String owner, List<Demand> demands, long expiresAtMillis) {}

  private final TreeMap<Long, FakeSession> sessions = new TreeMap<>();
  private final TreeMap<Long, Grant> grants = new TreeMap<>();
  private final List<String> endpoints;
  private final Set<Long> forced = new HashSet<>();
  private final Map<Long, Long> extensions = new HashMap<>();
  private long revision;
  private long clockMillis = 1_000_000;
  private boolean frozen;
  private @Nullable RefusalReason overload;
  private int requestsSeen;
  private int framesSeen;

  public FakeCluster(List<String> endpoints) {
    this.endpoints = endpoints;
  }

  // What tests do to it and see of it.

  public void advanceTo(long millis) {
    if (!frozen && millis > clockMillis) {
      clockMillis = millis;
      expire();
    }
  }

  public long clockMillis() {
    return clockMillis;
  }

  /** Without a leader: takes everything in and does nothing; its clock stands still. */
  public void freeze(boolean without) {
    frozen = without;
  }

  /** Refuses ordinary requests for this reason, until null. */
  public void overload(@Nullable RefusalReason reason) {
    overload = reason;
  }

  public List<Grant> grants() {
    return new ArrayList<>(grants.values());
  }

  public List<Grant> grantsOf(long session) {
    return grants.values().stream().filter(grant -> grant.session == session).toList();
  }

  public int waitingCount() {
    return sessions.values().stream().mapToInt(session -> session.waiting.size()).sum();
  }

  public Set<Long> sessionIds() {
    return new HashSet<>(sessions.keySet());
  }

  public int requestsSeen() {
    return requestsSeen;
  }

  public int framesSeen() {
    return framesSeen;
  }

  public boolean isCurrent(long token) {
    return grants.containsKey(token);
  }

  public void forceRelease(long token, String operator) {
    Grant grant = grants.remove(token);
    if (grant != null) {
      revision++;
      forced.add(token);
      lost(grant, LossReason.LOSS_FORCE_RELEASED, operator);
      grantWaiting();
    }
  }

  /** Whether this grant, or what became of it by extension, is current. */
  public boolean isCurrentOrExtended(long token) {
    Long extended = extensions.get(token);
    return isCurrent(token) || (extended != null && isCurrentOrExtended(extended));
  }

  public boolean wasForced(long token) {
    Long extended = extensions.get(token);
    return forced.contains(token) || (extended != null && wasForced(extended));
  }

  public void killSession(long id) {
    FakeSession session = sessions.get(id);
    if (session != null) {
      end(session);
      session.tell(FakeSession.refusal(RefusalReason.SESSION_EXPIRED));
    }
  }

  /** Whoever holds a lock in this mode or a stronger one. */
  public @Nullable Grant holderOf(String lock) {
    for (Grant grant : grants.values()) {
      if (grant.demands.stream().anyMatch(demand -> demand.getLock().equals(lock))) {
        return grant;
      }
    }
    return null;
  }

  // What nodes do with frames.

  /** A stream at some node. Frames go in here; answers come out of {@code out}. */
  public final class NodeStream {
    private final String endpoint;
    private final Consumer<NodeFrame> out;
    private @Nullable FakeSession session;

    NodeStream(String endpoint, Consumer<NodeFrame> out) {
      this.endpoint = endpoint;
      this.out = out;
    }

    public void accept(ClientFrame frame) {
      framesSeen++;
      if (frozen) {
        return;
      }
      switch (frame.getFirstCase()) {
        case OPEN -> attach(open(frame.getOpen()));
        case RESUME -> {
          FakeSession found = sessions.get(frame.getResume().getSessionId());
          if (found == null) {
            out.accept(FakeSession.refusal(RefusalReason.UNKNOWN_SESSION));
            return;
          }
          FakeSession.require(
              found.opened.getSecret().equals(frame.getResume().getSecret()), "wrong secret");
          attach(found);
        }
        case FIRST_NOT_SET -> {}
      }
      FakeSession attached = session;
      // What an older stream still brings is executed too; its answers go to the newest.
      if (attached != null && sessions.containsKey(attached.id)) {
        take(attached, frame);
      }
    }

    private void attach(FakeSession found) {
      session = found;
      found.stream = out;
      GrantsHeld.Builder held = GrantsHeld.newBuilder().setRevision(revision);
      grantsOf(found.id).forEach(grant -> held.addTokens(grant.token));
      out.accept(
          NodeFrame.newBuilder()
              .setAttached(
                  Attached.newBuilder()
                      .setSessionId(found.id)
                      .setClockMillis(clockMillis)
                      .setTtlMillis(found.opened.getTtlMillis())
                      .setNodeId("node-" + endpoint)
                      .addAllEndpoints(endpoints)
                      .setHeld(held))
              .build());
    }
  }

  public NodeStream connect(String endpoint, Consumer<NodeFrame> out) {
    return new NodeStream(endpoint, out);
  }

  private FakeSession open(OpenSessionFrame open) {
    for (FakeSession session : sessions.values()) {
      if (session.opened.getNonce().equals(open.getNonce())) {
        return session;
      }
    }
    FakeSession session = new FakeSession(++revision, open);
    session.deadlineMillis = clockMillis + open.getTtlMillis();
    sessions.put(session.id, session);
    return session;
  }

  private void take(FakeSession session, ClientFrame frame) {
    if (frame.hasAcknowledged()) {
      session.acknowledge(frame.getAcknowledged());
    }
    for (RenewFrame renewal : frame.getRenewalsList()) {
      touch(session);
      session.tell(
          NodeFrame.newBuilder()
              .addRenewals(
                  Renewed.newBuilder().setNonce(renewal.getNonce()).setClockMillis(clockMillis))
              .build());
    }
    for (Request request : frame.getRequestsList()) {
      requestsSeen++;
      touch(session);
      execute(session, request);
    }
    if (frame.getClose()) {
      end(session);
      session.tell(NodeFrame.newBuilder().setClosed(true).build());
    }
  }

  private void touch(FakeSession session) {
    session.deadlineMillis = clockMillis + session.opened.getTtlMillis();
  }

  private void execute(FakeSession session, Request request) {
    long sequence = request.getSequence();
    boolean acts = !request.hasCancel() && !request.hasResolve();
    Request before = session.said.get(sequence);
    FakeSession.require(
        !acts || before == null || before.equals(request),
        "number " + sequence + " was used twice");
    if (acts) {
      session.said.put(sequence, request);
    }
    if (session.acknowledged.contains(sequence)) {
      // Not an error: what an older stream still brings may be overtaken by the acknowledgement.
      answer(session, sequence, FakeSession.refused(RefusalReason.STALE_REQUEST), false);
      return;
    }
    Answer stored = session.answers.get(sequence);
    Waiting waiting = session.waiting.get(sequence);
    if (stored != null) {
      answer(session, sequence, stored, false);
    } else if (waiting != null) {
      if (request.hasCancel()) {
        session.waiting.remove(sequence);
        answer(session, sequence, FakeSession.refused(RefusalReason.CANCELLED), true);
        grantWaiting();
      } else {
        answer(session, sequence, FakeSession.queued(waiting), false);
      }
    } else if (overload != null && (request.hasAcquire() || request.hasExtend())) {
      // As a node does it: nothing is done under this number, ever.
      answer(session, sequence, FakeSession.refused(overload), true);
    } else {
      executeNew(session, request);
    }
  }

  private void executeNew(FakeSession session, Request request) {
    long sequence = request.getSequence();
    revision++;
    switch (request.getActionCase()) {
      case ACQUIRE -> acquire(session, sequence, request.getAcquire());
      case RELEASE -> {
        Grant grant = grants.get(request.getRelease().getToken());
        if (grant == null || grant.session != session.id) {
          answer(session, sequence, FakeSession.refused(RefusalReason.STALE_TOKEN), true);
          return;
        }
        grants.remove(grant.token);
        answer(
            session,
            sequence,
            Answer.newBuilder().setReleased(Released.getDefaultInstance()),
            true);
        grantWaiting();
      }
      case EXTEND -> extend(session, sequence, request);
      case CANCEL, RESOLVE ->
          answer(session, sequence, FakeSession.refused(RefusalReason.CANCELLED), true);
      case CONVERT, HAND_OVER, SET_VALUE, REQUEST_REVOCATION, ACTION_NOT_SET ->
          throw new AssertionError("a request without an action that this cluster knows");
    }
  }

  private void extend(FakeSession session, long sequence, Request request) {
    Grant grant = grants.get(request.getExtend().getToken());
    if (grant == null || grant.session != session.id) {
      answer(session, sequence, FakeSession.refused(RefusalReason.STALE_TOKEN), true);
    } else if (grant.expiresAtMillis == 0) {
      answer(session, sequence, FakeSession.refused(RefusalReason.NOT_FIXED_LEASE), true);
    } else {
      grants.remove(grant.token);
      extensions.put(grant.token, revision + 1);
      grant(
          session,
          sequence,
          grant.owner,
          grant.demands,
          clockMillis + request.getExtend().getLeaseMillis());
    }
  }

  private void acquire(FakeSession session, long sequence, Acquire acquire) {
    for (Waiting waiting : session.waiting.values()) {
      if (waiting.acquire().getOwner().equals(acquire.getOwner())) {
        answer(session, sequence, FakeSession.refused(RefusalReason.ALREADY_WAITING), true);
        return;
      }
    }
    Waiting request =
        new Waiting(
            revision,
            sequence,
            acquire,
            acquire.getWaitMillis() < 0 ? Long.MAX_VALUE : clockMillis + acquire.getWaitMillis());
    Answer.@Nullable Builder own = alreadyHeld(session, acquire);
    if (own != null) {
      answer(session, sequence, own, true);
      return;
    }
    Answer.@Nullable Builder inTheWay = inTheWay(session, request);
    if (inTheWay == null) {
      grant(session, request);
    } else if (acquire.getWaitMillis() == 0) {
      answer(session, sequence, inTheWay, true);
    } else {
      session.waiting.put(sequence, request);
      answer(session, sequence, FakeSession.queued(request), false);
    }
  }

  private Answer.@Nullable Builder alreadyHeld(FakeSession session, Acquire acquire) {
    for (Grant grant : grants.values()) {
      if (grant.session == session.id
          && grant.owner.equals(acquire.getOwner())
          && shareALock(grant.demands, acquire.getDemandsList())) {
        return refused(RefusalReason.ALREADY_HELD, grant);
      }
    }
    return null;
  }

  private static boolean shareALock(List<Demand> some, List<Demand> others) {
    return some.stream()
        .anyMatch(one -> others.stream().anyMatch(other -> one.getLock().equals(other.getLock())));
  }

  private Answer.@Nullable Builder inTheWay(FakeSession session, Waiting request) {
    for (Grant grant : grants.values()) {
      boolean same =
          grant.session == session.id && grant.owner.equals(request.acquire().getOwner());
      if (!same && conflict(grant.demands, request.acquire().getDemandsList())) {
        return refused(RefusalReason.HELD_BY_ANOTHER, grant);
      }
    }
    for (FakeSession other : sessions.values()) {
      for (Waiting earlier : other.waiting.values()) {
        if (earlier.ticket() < request.ticket()
            && conflict(earlier.acquire().getDemandsList(), request.acquire().getDemandsList())) {
          return FakeSession.refused(RefusalReason.WAITED_FOR_BY_ANOTHER);
        }
      }
    }
    return null;
  }

  private static boolean conflict(List<Demand> some, List<Demand> others) {
    for (Demand one : some) {
      for (Demand other : others) {
        boolean bothShared =
            one.getMode() == LockMode.LOCK_MODE_S && other.getMode() == LockMode.LOCK_MODE_S;
        if (one.getLock().equals(other.getLock()) && !bothShared) {
          return true;
        }
      }
    }
    return false;
  }

  private void grant(FakeSession session, Waiting request) {
    Acquire acquire = request.acquire();
    long expiresAtMillis =
        acquire.getLeaseMillis() == 0 ? 0 : clockMillis + acquire.getLeaseMillis();
    grant(
        session, request.sequence(), acquire.getOwner(), acquire.getDemandsList(), expiresAtMillis);
  }

  private void grant(
      FakeSession session,
      long sequence,
      String owner,
      List<Demand> demands,
      long expiresAtMillis) {
    Grant grant = new Grant(++revision, session.id, owner, demands, expiresAtMillis);
    grants.put(grant.token, grant);
    answer(
        session,
        sequence,
        Answer.newBuilder()
            .setGranted(
                Granted.newBuilder().setToken(grant.token).setExpiresAtMillis(expiresAtMillis)),
        true);
  }

  private void grantWaiting() {
    boolean again = true;
    while (again) {
      again = false;
      TreeMap<Long, FakeSession> byTicket = new TreeMap<>();
      TreeMap<Long, Waiting> waiting = new TreeMap<>();
      for (FakeSession session : sessions.values()) {
        for (Waiting each : session.waiting.values()) {
          byTicket.put(each.ticket(), session);
          waiting.put(each.ticket(), each);
        }
      }
      for (Waiting each : waiting.values()) {
        FakeSession session = byTicket.get(each.ticket());
        if (session != null && inTheWay(session, each) == null) {
          session.waiting.remove(each.sequence());
          grant(session, each);
          again = true;
          break;
        }
      }
    }
  }

  private void expire() {
    for (FakeSession session : new ArrayList<>(sessions.values())) {
      if (session.deadlineMillis <= clockMillis) {
        end(session);
        session.tell(FakeSession.refusal(RefusalReason.SESSION_EXPIRED));
        continue;
      }
      for (Iterator<Waiting> each = session.waiting.values().iterator(); each.hasNext(); ) {
        Waiting waiting = each.next();
        if (waiting.untilMillis() <= clockMillis) {
          each.remove();
          answer(
              session, waiting.sequence(), FakeSession.refused(RefusalReason.WAIT_TIMED_OUT), true);
        }
      }
    }
    for (Grant grant : grants()) {
      if (grant.expiresAtMillis != 0 && grant.expiresAtMillis <= clockMillis) {
        grants.remove(grant.token);
        lost(grant, LossReason.LOSS_LEASE_EXPIRED, "");
      }
    }
    grantWaiting();
  }

  private void end(FakeSession session) {
    sessions.remove(session.id);
    grants.values().removeIf(grant -> grant.session == session.id);
    grantWaiting();
  }

  private void lost(Grant grant, LossReason reason, String operator) {
    FakeSession session = sessions.get(grant.session);
    if (session != null) {
      session.tell(
          NodeFrame.newBuilder()
              .addLostGrants(
                  LostGrant.newBuilder()
                      .setToken(grant.token)
                      .setReason(reason)
                      .setOperator(operator))
              .build());
    }
  }

  private void answer(FakeSession session, long sequence, Answer.Builder answer, boolean store) {
    answer(session, sequence, answer.setRevision(revision).build(), store);
  }

  private void answer(FakeSession session, long sequence, Answer answer, boolean store) {
    if (store) {
      session.answers.put(sequence, answer);
    }
    if (!answer.hasQueued()) {
      session.told.add(sequence);
    }
    session.tell(
        NodeFrame.newBuilder()
            .addAnswers(Answered.newBuilder().setSequence(sequence).setAnswer(answer))
            .build());
  }

  private Answer.Builder refused(RefusalReason reason, Grant grant) {
    FakeSession holder = sessions.get(grant.session);
    return Answer.newBuilder()
        .setRefused(
            Refused.newBuilder()
                .setReason(reason)
                .setLock(grant.demands.get(0).getLock())
                .setHolder(
                    Holder.newBuilder()
                        .setSessionId(grant.session)
                        .setOwner(grant.owner)
                        .setToken(grant.token)
                        .setMode(grant.demands.get(0).getMode())
                        .setLabel(holder == null ? "" : holder.opened.getLabel())));
  }
}
