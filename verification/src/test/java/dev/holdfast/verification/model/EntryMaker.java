package dev.holdfast.verification.model;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.log.v1.CloseSession;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.RenewSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Request;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes one entry after the other of a seed's log, with an eye on what came of the earlier ones, so
 * that tokens are released, waiting requests cancelled and old numbers repeated.
 */
final class EntryMaker {
  private static final List<Demand> SOME_DEMAND =
      List.of(Demand.newBuilder().setLock("a").setMode(LockMode.LOCK_MODE_X).build());

  private final Dice dice;
  private final Mix mix;
  private final RequestMaker requests;
  private final OperationMaker clients;

  /** How much comes from clients that ask by operation ids. */
  private final int operationPercent;

  private final List<SessionScript> sessions = new ArrayList<>();
  private final List<OpenSession> openings = new ArrayList<>();
  private final List<ForceRelease> operations = new ArrayList<>();
  private final List<AskRevocation> askings = new ArrayList<>();
  private final List<HeldToken> tokens = new ArrayList<>();
  private final int sessionsAtOnce;
  private Set<Long> alive = Set.of();
  private long clockMillis;
  private int nonces;

  EntryMaker(long seed) {
    this.dice = new Dice(seed);
    this.mix = Mix.drawnBy(dice);
    this.requests = new RequestMaker(dice, mix, tokens, sessions);
    // Every third log has such clients; drawn by themselves, so that the others are what they were.
    Dice ofClients = new Dice(seed ^ 0x5DEECE66DL);
    this.operationPercent = seed % 3 == 0 ? 5 + ofClients.below(60) : 0;
    this.clients = new OperationMaker(ofClients, new Dice(seed ^ 0x2545F491L), mix, requests);
    this.sessionsAtOnce = mix.crowded() ? 2 + dice.below(7) : 1 + dice.below(5);
    this.clockMillis = dice.oneIn(2) ? 0 : dice.between(0, 1L << 40);
  }

  LogEntry next() {
    LogEntry.Builder entry = LogEntry.newBuilder().setClockMillis(nextClockMillis());
    int commands = dice.oneIn(8) ? 0 : 1 + dice.below(dice.oneIn(4) ? 9 : 3);
    for (int i = 0; i < commands; i++) {
      entry.addCommands(command());
    }
    return entry.build();
  }

  /** Tells what came of the last entry. */
  void learn(List<ModelOutcome> outcomes, Set<Long> sessionsAlive, Set<Long> tokensCurrent) {
    alive = sessionsAlive;
    for (ModelOutcome outcome : outcomes) {
      switch (outcome) {
        case ModelOutcome.Opened opened -> learnSession(opened.sessionId());
        case ModelOutcome.OperationTaken taken -> clients.learn(taken, sessions);
        case ModelOutcome.OperationRefused refused -> {}
        case ModelOutcome.Answered answered -> learnAnswer(answered);
        case ModelOutcome.OpenRefused refused -> {}
        case ModelOutcome.Renewed renewed -> {}
        case ModelOutcome.Closed closed -> {}
        case ModelOutcome.Operated operated -> {}
      }
    }
    for (SessionScript session : sessions) {
      session.current =
          session.tokens.stream().filter(held -> tokensCurrent.contains(held.token())).toList();
    }
  }

  private void learnSession(long sessionId) {
    if (sessions.stream().noneMatch(session -> session.sessionId == sessionId)) {
      sessions.add(new SessionScript(sessionId));
    }
  }

  private void learnAnswer(ModelOutcome.Answered answered) {
    for (SessionScript session : sessions) {
      if (session.sessionId == answered.sessionId()) {
        learnAnswer(session, answered.sequence(), answered.answer());
      }
    }
  }

  private void learnAnswer(SessionScript session, long sequence, Answer answer) {
    if (answer.hasQueued()) {
      session.waiting.add(sequence);
      return;
    }
    session.learnAnswer(sequence);
    if (answer.hasGranted()) {
      learnToken(session, sequence, answer.getGranted().getToken());
    } else if (answer.hasHandedOver()) {
      long receiver =
          session.sentAs(sequence).map(r -> r.getHandOver().getToSessionId()).orElse(0L);
      sessions.stream()
          .filter(other -> other.sessionId == receiver)
          .forEach(
              other -> learnToken(other, sequence, answer.getHandedOver().getToken(), session));
    }
  }

  private void learnToken(SessionScript session, long sequence, long token) {
    learnToken(session, sequence, token, session);
  }

  private void learnToken(SessionScript holder, long sequence, long token, SessionScript asker) {
    List<Demand> demands =
        asker.sentAs(sequence).map(this::demandsOf).filter(d -> !d.isEmpty()).orElse(SOME_DEMAND);
    HeldToken held = new HeldToken(token, demands);
    holder.tokens.add(held);
    tokens.add(held);
  }

  /** What a grant is about that was asked for in this way. */
  private List<Demand> demandsOf(Request request) {
    long before =
        switch (request.getActionCase()) {
          case EXTEND -> request.getExtend().getToken();
          case CONVERT -> request.getConvert().getToken();
          case HAND_OVER -> request.getHandOver().getToken();
          case ACQUIRE,
              RELEASE,
              CANCEL,
              RESOLVE,
              SET_VALUE,
              APPEND_FILE,
              DELETE_FILE,
              REQUEST_REVOCATION,
              ACTION_NOT_SET ->
              0;
        };
    return before == 0
        ? request.getAcquire().getDemandsList()
        : tokens.stream()
            .filter(held -> held.token() == before)
            .map(HeldToken::demands)
            .findFirst()
            .orElse(SOME_DEMAND);
  }

  /** Small steps mostly; now and then a jump over many deadlines, or a stamp from the past. */
  private long nextClockMillis() {
    int draw = dice.below(100);
    if (mix.crowded() && draw >= 5) {
      return ++clockMillis;
    }
    if (draw < 5) {
      return clockMillis - dice.between(1, 500);
    }
    if (draw < 25) {
      return clockMillis;
    }
    clockMillis += draw < 93 ? dice.between(1, 60) : dice.between(100, 2_500);
    return clockMillis;
  }

  private Command command() {
    int draw = dice.below(100);
    boolean tooFew = alive.size() < sessionsAtOnce && draw < (mix.crowded() ? 60 : 15);
    if (alive.isEmpty() || tooFew || (!mix.crowded() && draw < 2)) {
      return Command.newBuilder().setOpen(open()).build();
    }
    if (operationPercent > 0 && dice.percent(operationPercent)) {
      return Command.newBuilder().setClientOperation(clients.next(sessions)).build();
    }
    if (mix.crowded() && draw < 99) {
      return Command.newBuilder().setRequest(request()).build();
    }
    if (draw < 23) {
      return Command.newBuilder()
          .setRenew(RenewSession.newBuilder().setSessionId(sessionId()).setNonce(dice.below(99)))
          .build();
    }
    if (draw < 25) {
      return Command.newBuilder()
          .setClose(CloseSession.newBuilder().setSessionId(sessionId()))
          .build();
    }
    if (draw < 28) {
      return Command.newBuilder().setForceRelease(forceRelease()).build();
    }
    if (draw < 29) {
      return Command.newBuilder().setAskRevocation(askRevocation()).build();
    }
    return Command.newBuilder().setRequest(request()).build();
  }

  private long sessionId() {
    return dice.oneIn(30) ? dice.between(-1, 40) : session().sessionId;
  }

  /** Mostly one that is alive. */
  private SessionScript session() {
    List<SessionScript> living =
        sessions.stream().filter(session -> alive.contains(session.sessionId)).toList();
    return dice.oneIn(30) ? dice.oneOf(sessions) : dice.oneOf(living);
  }

  private OpenSession open() {
    if (!openings.isEmpty() && dice.oneIn(6)) {
      return dice.oneOf(openings);
    }
    nonces++;
    OpenSession.Builder open =
        OpenSession.newBuilder()
            .setNonce(sixteenBytes(nonces))
            .setSecretHash(sixteenBytes(nonces).concat(sixteenBytes(7)))
            .setClientId("client-" + nonces)
            .setLabel("host:" + nonces)
            .setTtlMillis(mix.crowded() ? 60_000 : dice.oneIn(4) ? 100 : dice.between(200, 3_000));
    if (!mix.crowded() && dice.oneIn(4)) {
      open.setLocksMax((int) dice.between(1, 6));
    }
    OpenSession made = dice.oneIn(mix.crowded() ? 200 : 12) ? spoilt(open) : open.build();
    openings.add(made);
    return made;
  }

  private OpenSession spoilt(OpenSession.Builder open) {
    return switch (dice.below(6)) {
      case 0 -> open.setNonce(ByteString.copyFromUtf8("short")).build();
      case 1 -> open.setSecretHash(sixteenBytes(1)).build();
      case 2 -> open.setTtlMillis(99).build();
      case 3 -> open.setTtlMillis(86_400_001).build();
      case 4 -> open.setLabel("l".repeat(1_025)).build();
      default -> open.setClientId("c".repeat(65)).build();
    };
  }

  private ForceRelease forceRelease() {
    if (!operations.isEmpty() && dice.oneIn(4)) {
      return dice.oneOf(operations);
    }
    HeldToken held = recentToken();
    ForceRelease operation =
        ForceRelease.newBuilder()
            .setOperationId(sixteenBytes(operations.size()))
            .setLock(lockOf(held))
            .setToken(held.token())
            .setOperator("ada")
            .setReason("stuck")
            .build();
    operations.add(operation);
    return operation;
  }

  private AskRevocation askRevocation() {
    if (!askings.isEmpty() && dice.oneIn(4)) {
      return dice.oneOf(askings);
    }
    HeldToken held = recentToken();
    AskRevocation asking =
        AskRevocation.newBuilder()
            .setOperationId(dice.oneIn(10) ? sixteenBytes(0) : sixteenBytes(1_000 + askings.size()))
            .setLock(lockOf(held))
            .setToken(held.token())
            .setOperator("ada")
            .setReason("update")
            .build();
    askings.add(asking);
    return asking;
  }

  private HeldToken recentToken() {
    return tokens.isEmpty()
        ? new HeldToken(1, SOME_DEMAND)
        : tokens.get(tokens.size() - 1 - dice.below(Math.min(5, tokens.size())));
  }

  private String lockOf(HeldToken held) {
    return dice.oneIn(5) ? dice.oneOf(DemandMaker.NAMES) : dice.oneOf(held.demands()).getLock();
  }

  private SessionRequest request() {
    SessionScript session = session();
    SessionRequest.Builder command =
        SessionRequest.newBuilder()
            .setSessionId(dice.oneIn(60) ? sessionId() : session.sessionId)
            .setRequest(requestOf(session));
    if (dice.oneIn(6)) {
      command.setAcknowledged(session.acknowledgement(dice));
    }
    return command.build();
  }

  private Request requestOf(SessionScript session) {
    if (!session.sent.isEmpty() && dice.oneIn(mix.crowded() ? 60 : 9)) {
      return dice.oneOf(session.sent);
    }
    if (!session.delayed.isEmpty() && dice.oneIn(5)) {
      return session.delayed.remove(dice.below(session.delayed.size()));
    }
    Request request = requests.next(session);
    if (dice.oneIn(12)) {
      session.delayed.add(request);
      request = requests.next(session);
    }
    session.sent.add(request);
    return request;
  }

  static ByteString sixteenBytes(long number) {
    return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(number).putLong(~number).flip());
  }
}
