package dev.holdfast.verification.simulation;

import com.google.protobuf.ByteString;
import dev.holdfast.client.session.HeldGrant;
import dev.holdfast.client.session.LossReason;
import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.client.session.SessionMachine;
import dev.holdfast.client.session.SessionObserver;
import dev.holdfast.client.session.SessionSettings;
import dev.holdfast.client.session.SessionState;
import dev.holdfast.client.session.Transport;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.RenewFrame;
import dev.holdfast.protocol.v1.Renewed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A client process: the product's own {@link SessionMachine}, workers that use it, and an observer
 * who compares what it says with what is so.
 */
final class SimulatedClient extends SimulatedProcess implements Transport, SessionObserver {
  private static final long CLOSE_NANOS = 2 * Scheduler.SECOND;

  final int number;
  final long ttlMillis;
  private final long distanceNanos;
  final SessionMachine machine;

  /** The endpoints that it was configured with. */
  final List<String> firstKnown;

  final List<Worker> workers = new ArrayList<>();

  /** By token, whatever workers hold or believe to hold. */
  final TreeMap<Long, HeldGrant> held = new TreeMap<>();

  private final Map<Long, Long> renewalsSentNanos = new HashMap<>();
  private final Map<Long, Long> renewalsSentLocally = new HashMap<>();
  private @Nullable ClientStream stream;
  private ByteString openNonce = ByteString.EMPTY;
  private long openSentNanos = -1;
  private long openSentLocally;
  private long provenNanos = -1;
  private long provenLocally;
  private long sessionId;
  private long doubtfulSinceNanos = -1;
  private boolean sleeps;
  private boolean dozes;
  private boolean over;
  private boolean closing;

  SimulatedClient(Universe universe, int number, MachineClock clock) {
    super(universe, "c" + number, clock);
    this.number = number;
    Dice dice = universe.dice;
    this.distanceNanos =
        dice.chance(universe.faults.slowClients()) ? dice.between(10, 300) * Scheduler.MILLI : 0;
    this.ttlMillis = dice.chance(0.7) ? dice.between(1_000, 4_000) : dice.between(4_000, 15_000);
    List<String> endpoints = universe.nodes.stream().map(SimulatedNode::endpoint).toList();
    this.firstKnown = dice.chance(0.8) ? endpoints : List.of(dice.pick(endpoints));
    RetryPolicy retry =
        new RetryPolicy(
            Duration.ofMillis(20), 2, Duration.ofSeconds(1), 0.5, 10, Duration.ofSeconds(10));
    SessionSettings settings =
        new SessionSettings(
            firstKnown, false, new UUID(7, number).toString(), name, ttlMillis, 0, retry, 1_000);
    this.machine =
        new SessionMachine(
            settings, clock::nanoTime, clock::wallMillis, dice.generator(), this, this);
    int count = (int) dice.between(1, 3);
    for (int i = 0; i < count; i++) {
      workers.add(new Worker(this, "w" + i, dice, new LockErrand(this)));
    }
    workers.addAll(universe.fileWork.workersOf(this));
  }

  void start() {
    universe.trace.tell(name, "begins with ttl", ttlMillis);
    hand(() -> workers.forEach(Worker::begin));
    if (universe.dice.chance(0.2)) {
      afterLocal(universe.dice.between(1, 20) * Scheduler.SECOND, this::close);
    }
  }

  /** Runs something on the process's thread after local time. */
  void afterLocal(long localNanos, Runnable event) {
    onOtherThreadAfter(clock.trueNanos(localNanos), () -> hand(event));
  }

  /** How much longer a message takes, either way. */
  long distanceNanos() {
    return universe.isBusy() ? distanceNanos : 0;
  }

  long sessionId() {
    return sessionId;
  }

  /** The session has ended, or the process is gone. */
  boolean isOver() {
    return over || !isAlive();
  }

  /** When a renewal, or the opening, was sent that was acknowledged; -1 for none. */
  long provenNanos() {
    return provenNanos;
  }

  void close() {
    if (!closing && !over) {
      closing = true;
      universe.trace.tell(name, "closes", sessionId);
      machine.close(clock.nanoTime() + CLOSE_NANOS);
    }
  }

  boolean isClosing() {
    return closing;
  }

  @Override
  void kill() {
    super.kill();
    if (stream != null) {
      stream.nodeDied();
    }
    if (clock.isSuspended()) {
      clock.resume();
    }
  }

  @Override
  void settle() {
    machine.advance();
    if (!machine.state().isOver() && sessionId != 0) {
      watch();
    }
  }

  @Override
  long nanosUntilDue() {
    long wake = machine.nextWakeNanos();
    return wake == Long.MAX_VALUE ? wake : Math.max(0, wake - clock.nanoTime());
  }

  /** A state that only the clock knows must be announced before long. */
  void watch() {
    SessionState byClock = machine.stateByClock();
    boolean differs = isRunning() && !machine.state().isOver() && byClock != machine.state();
    if (!differs) {
      doubtfulSinceNanos = -1;
      return;
    }
    long now = universe.scheduler.nowNanos();
    if (doubtfulSinceNanos < 0) {
      doubtfulSinceNanos = now;
    } else if (now - doubtfulSinceNanos > ttlMillis * Scheduler.MILLI / 5) {
      throw new RuleBroken(
          Rule.JEOPARDY_TOLD,
          name + " has been " + byClock + " for a fifth of its TTL and says " + machine.state());
    }
  }

  /** A thaw begins the patience anew. */
  @Override
  void freeze(long nanos, boolean suspended) {
    doubtfulSinceNanos = -1;
    sleeps |= suspended;
    dozes |= suspended && nanos < ttlMillis * Scheduler.MILLI / 4;
    super.freeze(nanos, suspended);
  }

  /**
   * Whether the clocks of this machine are beyond what a client can allow for: it slept for too
   * short a time to notice, or its time of day was set back over the time that it slept.
   */
  boolean isBeyondHelp() {
    return dozes || (sleeps && clock.hasJumped());
  }

  // Transport

  @Override
  public void open(int streamNumber, String endpoint) {
    SimulatedNode node =
        universe.nodes.stream()
            .filter(each -> each.endpoint().equals(endpoint))
            .findFirst()
            .orElseThrow();
    ClientStream opened = new ClientStream(universe, this, node, streamNumber);
    stream = opened;
    universe.trace.tell(name, "connects to " + node.name, streamNumber);
    universe.opened(opened);
    opened.open();
  }

  @Override
  public void send(int streamNumber, ClientFrame frame) {
    if (frame.hasOpen() && !frame.getOpen().getNonce().equals(openNonce)) {
      openNonce = frame.getOpen().getNonce();
      openSentNanos = universe.scheduler.nowNanos();
      openSentLocally = clock.nanoTime();
    }
    for (RenewFrame renewal : frame.getRenewalsList()) {
      renewalsSentNanos.put(renewal.getNonce(), universe.scheduler.nowNanos());
      renewalsSentLocally.put(renewal.getNonce(), clock.nanoTime());
    }
    universe.trace.tell(name, "sends", frame.getRequestsCount(), () -> Wording.of(frame));
    ClientStream current = stream;
    if (current != null && current.number == streamNumber && !current.isBroken()) {
      current.fromClient(frame);
    }
  }

  @Override
  public void drop(int streamNumber) {
    if (stream != null && stream.number == streamNumber) {
      stream.drop();
      stream = null;
    }
  }

  void frameArrived(int streamNumber, NodeFrame frame) {
    hand(
        () -> {
          universe.trace.tell(name, "hears", frame.getAnswersCount(), () -> Wording.of(frame));
          boolean present = stream != null && stream.number == streamNumber && !over;
          // Once the deadline was seen to pass, the session is lost, whatever arrives afterwards.
          boolean tooLate = machine.stateByClock() == SessionState.LOST;
          machine.frameArrived(streamNumber, frame);
          if (present) {
            compareWithTruth(frame, tooLate);
          }
        });
  }

  private void compareWithTruth(NodeFrame frame, boolean tooLate) {
    if (sessionId == 0) {
      return;
    }
    for (Renewed renewed : frame.getRenewalsList()) {
      universe.truth.onRenewalAcknowledged(this, renewed.getNonce());
      Long sentNanos = renewalsSentNanos.get(renewed.getNonce());
      if (sentNanos != null && sentNanos > provenNanos) {
        provenNanos = sentNanos;
        provenLocally =
            tooLate ? provenLocally : renewalsSentLocally.getOrDefault(renewed.getNonce(), 0L);
      }
    }
    frame
        .getAnswersList()
        .forEach(
            answered ->
                universe.truth.onAnswerReceived(
                    this, answered.getSequence(), answered.getAnswer()));
  }

  void streamClosed(int streamNumber, String why) {
    hand(() -> machine.streamClosed(streamNumber, why));
  }

  // Observer

  @Override
  public void opened(long id) {
    sessionId = id;
    provenNanos = openSentNanos;
    provenLocally = openSentLocally;
    universe.truth.onSessionKnown(this);
  }

  @Override
  public void attached(String nodeId, String endpoint) {
    universe.trace.tell(name, "attached at " + nodeId, sessionId);
  }

  @Override
  public void stateChanged(SessionState from, SessionState to, String why) {
    universe.trace.tell(name, "is " + to, sessionId, () -> why);
    if (universe.isCalm() && (to == SessionState.JEOPARDY || to == SessionState.LOST)) {
      throw new RuleBroken(
          Rule.CALM_IS_CALM, name + " is " + to + ", and nothing is wrong: " + why);
    }
    if (to == SessionState.LOST && sessionId != 0) {
      long certain = provenLocally + (long) (0.98 * (ttlMillis - 1) * Scheduler.MILLI);
      boolean ended = universe.truth.hasEnded(sessionId);
      if (!ended && clock.nanoTime() < certain) {
        throw new RuleBroken(
            Rule.JEOPARDY_TOLD, name + " gave its session up before its time: " + why);
      }
    }
  }

  @Override
  public void grantLost(HeldGrant grant, LossReason reason, String detail) {
    universe.trace.tell(name, "lost " + reason, grant.token());
    if (grant.isHeld()) {
      throw new RuleBroken(
          Rule.NO_LATE_HOLDER, name + " announces a loss and says it is held: " + grant.token());
    }
    held.remove(grant.token());
    workers.forEach(worker -> worker.lost(grant));
  }

  @Override
  public void grantContinued(HeldGrant before, HeldGrant next) {
    universe.trace.tell(name, "goes on as " + next.token(), before.token());
    workers.forEach(worker -> worker.continued(before, next));
  }

  @Override
  public void grantReceived(HeldGrant grant, long fromSessionId, long fromToken) {
    universe.trace.tell(name, "received of session " + fromSessionId, grant.token());
    List<Worker> able =
        workers.stream().filter(worker -> grant.owner().startsWith(worker.kind())).toList();
    if (!able.isEmpty()) {
      int number = Integer.parseInt(grant.owner().substring(1));
      able.get(number % able.size()).received(grant);
    }
  }

  @Override
  public void ended() {
    over = true;
    held.values().forEach(this::requireNotHeld);
    held.clear();
  }

  private void requireNotHeld(HeldGrant grant) {
    if (grant.isHeld()) {
      throw new RuleBroken(
          Rule.NO_LATE_HOLDER, name + " has no session and holds " + grant.token());
    }
  }

  void submit(AppCall call) {
    universe.trace.tell(name, "asks", sessionId, () -> Wording.of(call));
    machine.submit(call);
  }

  /** Takes a grant into the books. */
  HeldGrant took(HeldGrant grant) {
    universe.truth.requireGranted(this, grant);
    held.put(grant.token(), grant);
    return grant;
  }

  /** The same, for one as which another goes on although nobody waited for it any more. */
  HeldGrant tookUp(HeldGrant grant) {
    universe.truth.requireContinued(this, grant);
    held.put(grant.token(), grant);
    return grant;
  }
}
