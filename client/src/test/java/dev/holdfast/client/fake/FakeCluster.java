package dev.holdfast.client.fake;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Applied;
import dev.holdfast.core.Event;
import dev.holdfast.core.GrantInfo;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.ReceivedInfo;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.log.v1.CloseSession;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.RenewSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Answered;
import dev.holdfast.protocol.v1.Attached;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.GrantsHeld;
import dev.holdfast.protocol.v1.LossReason;
import dev.holdfast.protocol.v1.LostGrant;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.ReceivedGrant;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.RenewFrame;
import dev.holdfast.protocol.v1.Renewed;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.RevocationRequested;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The real rules of locks behind nodes that are always of one mind; and a strict reader of what
 * clients send: a number used for two different things, an acknowledgement of an answer that was
 * never sent, fail the test. For one thread at a time.
 */
public final class FakeCluster {
  /** Someone's grant. */
  public record Grant(
      long token, long session, String owner, List<Demand> demands, long expiresAtMillis) {}

  private final LockStateMachine machine = new LockStateMachine();
  private final TreeMap<Long, FakeSession> sessions = new TreeMap<>();
  private final List<String> endpoints;
  private final Set<Long> forced = new HashSet<>();
  private final Map<Long, Long> replacements = new HashMap<>();
  private final Map<Long, Event.LockReleased> given = new HashMap<>();
  private long clockMillis = 1_000_000;
  private long operations;
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
      if (machine.nextDeadlineMillis() <= millis) {
        apply();
      }
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

  /** For questions that no other method here answers. */
  public LockStateMachine machine() {
    return machine;
  }

  public List<Grant> grants() {
    return machine.sessions(0, Integer.MAX_VALUE).stream()
        .flatMap(session -> grantsOf(session.sessionId()).stream())
        .toList();
  }

  public List<Grant> grantsOf(long session) {
    List<Grant> grants = new ArrayList<>();
    for (long token : machine.tokensOf(session)) {
      GrantInfo info = machine.grant(token);
      if (info != null) {
        grants.add(new Grant(token, session, info.owner(), info.demands(), info.expiresAtMillis()));
      }
    }
    return grants;
  }

  public int waitingCount() {
    return machine.waitingCount();
  }

  public Set<Long> sessionIds() {
    return machine.sessions(0, Integer.MAX_VALUE).stream()
        .map(SessionInfo::sessionId)
        .collect(Collectors.toSet());
  }

  public int requestsSeen() {
    return requestsSeen;
  }

  public int framesSeen() {
    return framesSeen;
  }

  public boolean isCurrent(long token) {
    return machine.grant(token) != null;
  }

  public void forceRelease(long token, String operator) {
    GrantInfo grant = machine.grant(token);
    if (grant != null) {
      apply(
          Command.newBuilder()
              .setForceRelease(
                  ForceRelease.newBuilder()
                      .setOperationId(operation())
                      .setLock(grant.demands().get(0).getLock())
                      .setToken(token)
                      .setOperator(operator))
              .build());
    }
  }

  /** An operator asks a holder to let go. */
  public void askRevocation(long token, String operator, String reason) {
    GrantInfo grant = machine.grant(token);
    if (grant != null) {
      apply(
          Command.newBuilder()
              .setAskRevocation(
                  AskRevocation.newBuilder()
                      .setOperationId(operation())
                      .setLock(grant.demands().get(0).getLock())
                      .setToken(token)
                      .setOperator(operator)
                      .setReason(reason))
              .build());
    }
  }

  private ByteString operation() {
    return ByteString.copyFrom("%016d".formatted(++operations), StandardCharsets.UTF_8);
  }

  /** Whether this grant, or what its owner has made of it, is current. */
  public boolean isCurrentOrReplaced(long token) {
    Long next = replacements.get(token);
    return isCurrent(token) || (next != null && isCurrentOrReplaced(next));
  }

  public boolean wasForced(long token) {
    Long next = replacements.get(token);
    return forced.contains(token) || (next != null && wasForced(next));
  }

  public void killSession(long id) {
    FakeSession session = sessions.get(id);
    if (session != null) {
      session.killed = true;
      close(id);
    }
  }

  private void close(long id) {
    apply(Command.newBuilder().setClose(CloseSession.newBuilder().setSessionId(id)).build());
  }

  /** Whoever holds a lock by name; the first of them. */
  public @Nullable Grant holderOf(String lock) {
    for (Grant grant : grants()) {
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
      out.accept(
          NodeFrame.newBuilder()
              .setAttached(
                  Attached.newBuilder()
                      .setSessionId(found.id)
                      .setClockMillis(clockMillis)
                      .setTtlMillis(found.opened.getTtlMillis())
                      .setNodeId("node-" + endpoint)
                      .addAllEndpoints(endpoints)
                      .setHeld(heldBy(found.id)))
              .build());
    }
  }

  public NodeStream connect(String endpoint, Consumer<NodeFrame> out) {
    return new NodeStream(endpoint, out);
  }

  private GrantsHeld heldBy(long session) {
    GrantsHeld.Builder held =
        GrantsHeld.newBuilder()
            .setRevision(machine.revision())
            .addAllTokens(machine.tokensOf(session));
    for (ReceivedInfo received : machine.receivedBy(session)) {
      held.addReceived(
          ReceivedGrant.newBuilder()
              .setToken(received.grant().token())
              .setOwner(received.grant().owner())
              .addAllDemands(received.grant().demands())
              .setExpiresAtMillis(received.grant().expiresAtMillis())
              .setFromSessionId(received.fromSessionId())
              .setFromToken(received.fromToken()));
    }
    return held.build();
  }

  private FakeSession open(OpenSessionFrame open) {
    for (FakeSession session : sessions.values()) {
      if (session.opened.getNonce().equals(open.getNonce())) {
        return session;
      }
    }
    Applied applied =
        apply(
            Command.newBuilder()
                .setOpen(
                    OpenSession.newBuilder()
                        .setNonce(open.getNonce())
                        .setSecretHash(sha256(open.getSecret()))
                        .setClientId(open.getClientId())
                        .setLabel(open.getLabel())
                        .setTtlMillis(open.getTtlMillis())
                        .setLocksMax(open.getLocksMax()))
                .build());
    for (Outcome outcome : applied.outcomes()) {
      if (outcome instanceof Outcome.Opened opened) {
        FakeSession session = new FakeSession(opened.sessionId(), open);
        sessions.put(session.id, session);
        return session;
      }
    }
    throw new AssertionError("the session could not be opened: " + applied);
  }

  private void take(FakeSession session, ClientFrame frame) {
    if (frame.hasAcknowledged()) {
      session.acknowledge(frame.getAcknowledged());
    }
    for (RenewFrame renewal : frame.getRenewalsList()) {
      apply(
          Command.newBuilder()
              .setRenew(
                  RenewSession.newBuilder().setSessionId(session.id).setNonce(renewal.getNonce()))
              .build());
    }
    for (Request request : frame.getRequestsList()) {
      requestsSeen++;
      session.hear(request);
      boolean refuses = overload != null && !isUrgent(request) && !isKnown(session, request);
      Request.Builder executed =
          refuses
              ? Request.newBuilder()
                  .setSequence(request.getSequence())
                  .setCancel(Cancel.getDefaultInstance())
              : request.toBuilder();
      SessionRequest.Builder command =
          SessionRequest.newBuilder().setSessionId(session.id).setRequest(executed);
      if (frame.hasAcknowledged()) {
        command.setAcknowledged(frame.getAcknowledged());
      }
      apply(Command.newBuilder().setRequest(command).build());
    }
    if (frame.getClose()) {
      close(session.id);
    }
  }

  private static boolean isUrgent(Request request) {
    return request.hasRelease() || request.hasCancel() || request.hasResolve();
  }

  private boolean isKnown(FakeSession session, Request request) {
    return machine.answerTo(session.id, request.getSequence()) != null;
  }

  private Applied apply(Command... commands) {
    Applied applied =
        machine.apply(
            LogEntry.newBuilder()
                .setClockMillis(clockMillis)
                .addAllCommands(List.of(commands))
                .build());
    for (Outcome outcome : applied.outcomes()) {
      tell(outcome);
    }
    for (Event event : applied.events()) {
      tell(event);
    }
    for (FakeSession session : new ArrayList<>(sessions.values())) {
      session.flush();
      if (machine.session(session.id) == null) {
        sessions.remove(session.id);
      }
    }
    return applied;
  }

  private void tell(Outcome outcome) {
    if (outcome instanceof Outcome.Answered answered) {
      FakeSession session = sessions.get(answered.sessionId());
      if (session != null) {
        Answer answer = session.withReason(answered.sequence(), answered.answer(), overload);
        if (!answer.hasQueued()) {
          session.told.add(answered.sequence());
        }
        session
            .frame()
            .addAnswers(Answered.newBuilder().setSequence(answered.sequence()).setAnswer(answer));
      }
    } else if (outcome instanceof Outcome.Renewed renewed) {
      FakeSession session = sessions.get(renewed.sessionId());
      if (session != null && renewed.alive()) {
        session
            .frame()
            .addRenewals(
                Renewed.newBuilder().setNonce(renewed.nonce()).setClockMillis(clockMillis));
      }
    }
  }

  private void tell(Event event) {
    if (event instanceof Event.SessionEnded ended) {
      FakeSession session = sessions.get(ended.sessionId());
      if (session != null) {
        boolean closed = ended.end() == Event.SessionEnd.CLOSED && !session.killed;
        if (closed) {
          session.frame().setClosed(true);
        } else {
          session.frame().mergeFrom(FakeSession.refusal(RefusalReason.SESSION_EXPIRED));
        }
      }
    } else if (event instanceof Event.LockReleased released) {
      released(released);
    } else if (event instanceof Event.LockGranted granted && granted.replacedToken() != 0) {
      replaced(granted);
    } else if (event instanceof Event.RevocationRequested asked) {
      FakeSession session = sessions.get(asked.sessionId());
      if (session != null) {
        session
            .frame()
            .addRevocations(
                RevocationRequested.newBuilder()
                    .setToken(asked.token())
                    .setBySessionId(asked.bySessionId())
                    .setOperator(asked.operator())
                    .setDetail(asked.detail()));
      }
    }
  }

  private void released(Event.LockReleased released) {
    if (released.end() == Event.GrantEnd.FORCE_RELEASED) {
      forced.add(released.token());
      lost(released, LossReason.LOSS_FORCE_RELEASED);
    } else if (released.end() == Event.GrantEnd.LEASE_EXPIRED) {
      lost(released, LossReason.LOSS_LEASE_EXPIRED);
    } else if (released.end() == Event.GrantEnd.HANDED_OVER) {
      given.put(released.token(), released);
    }
  }

  private void lost(Event.LockReleased released, LossReason reason) {
    FakeSession session = sessions.get(released.sessionId());
    if (session != null) {
      session
          .frame()
          .addLostGrants(
              LostGrant.newBuilder()
                  .setToken(released.token())
                  .setReason(reason)
                  .setOperator(released.operator()));
    }
  }

  private void replaced(Event.LockGranted granted) {
    Event.LockReleased giver = given.remove(granted.replacedToken());
    if (giver == null) {
      replacements.put(granted.replacedToken(), granted.revision());
      return;
    }
    FakeSession session = sessions.get(granted.sessionId());
    if (session != null) {
      session
          .frame()
          .addReceivedGrants(
              ReceivedGrant.newBuilder()
                  .setToken(granted.revision())
                  .setOwner(granted.owner())
                  .addAllDemands(granted.demands())
                  .setExpiresAtMillis(granted.expiresAtMillis())
                  .setFromSessionId(giver.sessionId())
                  .setFromToken(giver.token()));
    }
  }

  private static ByteString sha256(ByteString secret) {
    try {
      return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(secret.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
