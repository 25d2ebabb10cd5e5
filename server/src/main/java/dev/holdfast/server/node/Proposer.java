package dev.holdfast.server.node;

import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.peer.v1.Forward;
import dev.holdfast.protocol.peer.v1.Forwarded;
import dev.holdfast.protocol.peer.v1.PeerMessage;
import dev.holdfast.protocol.peer.v1.RenewalOutcome;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.server.node.Waiting.ForwardedBatch;
import dev.holdfast.server.node.Waiting.OwnCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings commands into the log. What waits becomes one entry as soon as a flight slot is free: on
 * the leader a proposal, elsewhere a batch forwarded to the leader. Nothing waits for a timer.
 *
 * <p>A command that arrived here is kept until an outcome for it was applied here, or, for renewals
 * and closes, until the leader's applied outcome has come back; until then it is sent again
 * whenever what became of its sending is unknown: at a change of the leader, at an unknown outcome,
 * and after a silence that grows from time to time. That is harmless, because a command that
 * arrives twice is executed once. A batch of another node is never sent again from here: its origin
 * sees to it.
 */
final class Proposer {
  private static final long HOLD_NANOS_FIRST = 10_000_000;
  private static final long HOLD_NANOS_MAX = 640_000_000;

  /** The log reports on every proposal by itself, so silence about one is given more time. */
  private static final int PROPOSAL_PATIENCE = 5;

  private final ProposerSettings settings;
  private final LeaderClock clock;
  private final DeadlineTicker ticker;
  private final NanoClock nanos;
  private final RandomGenerator random;
  private final NodeLog log;
  private final Peers peers;

  private final OwnCommands own = new OwnCommands();
  private final Lanes lanes = new Lanes();
  private final List<Flight> flights = new ArrayList<>();
  private long nextFlightId;
  private boolean leading;
  private long term;
  private @Nullable NodeId leader;
  private long leaderTerm;
  private int failures;
  private long holdUntilNanos;
  private boolean holding;
  private int overloads;
  private long overloadedUntilNanos;
  private boolean leaderOverloaded;
  private long entriesProposed;
  private long commandsProposed;

  Proposer(
      ProposerSettings settings,
      LeaderClock clock,
      DeadlineTicker ticker,
      NanoClock nanos,
      RandomGenerator random,
      NodeLog log,
      Peers peers) {
    this.settings = settings;
    this.clock = clock;
    this.ticker = ticker;
    this.nanos = nanos;
    this.random = random;
    this.log = log;
    this.peers = peers;
    // Numbers of an earlier life of this process must not be taken for those of this one.
    this.nextFlightId = random.nextLong() >>> 1;
  }

  /** Takes a command of this node. Returns false if the same command is on its way already. */
  boolean submit(Command command) {
    CommandKey key = CommandKey.of(command);
    if (own.contains(key)) {
      return false;
    }
    OwnCommand waiting = OwnCommand.of(key, command);
    own.add(waiting);
    lanes.add(waiting);
    return true;
  }

  boolean isPending(CommandKey key) {
    return own.contains(key);
  }

  /** How many ordinary commands of this node have no outcome yet. */
  int ordinaryPending() {
    return own.ordinaryCount();
  }

  /** How many bytes the commands of this node's clients have of which no outcome was applied. */
  long bytesPending() {
    return own.bytes();
  }

  /** The commands of this node that have no outcome yet. */
  List<OwnCommand> pending() {
    return own.all();
  }

  long entriesProposed() {
    return entriesProposed;
  }

  long commandsProposed() {
    return commandsProposed;
  }

  /** The outcome of a command of this node is known, by whatever way: it is not sent again. */
  void settle(CommandKey key) {
    Flight flight = own.settle(key);
    if (flight != null && flight.unapplied == 0 && !flight.isProposal()) {
      remove(flight);
    }
  }

  /** An entry was applied here, whoever proposed it. */
  void onApplied(AppliedEntry applied) {
    if (!own.isEmpty()) {
      for (Command command : applied.entry().getCommandsList()) {
        settle(CommandKey.of(command));
      }
    }
    for (Flight flight : flights) {
      if (!flight.batches.isEmpty()) {
        collectRenewals(flight, applied);
      }
    }
  }

  /** Commands that a follower forwards. */
  void onForward(NodeId from, Forward forward) {
    if (!leading) {
      reply(from, forward.getBatchId(), Forwarded.Status.NOT_LEADER);
      return;
    }
    boolean limited = !forward.getPriority();
    if (limited
        && lanes.limitedCommands() + forward.getCommandsCount() > settings.forwardedWaitingMax()
        && lanes.limitedCommands() > 0) {
      reply(from, forward.getBatchId(), Forwarded.Status.REFUSED_OVERLOADED);
      return;
    }
    lanes.add(ForwardedBatch.of(from, forward.getBatchId(), limited, forward.getCommandsList()));
  }

  /** What became of a batch that this node has forwarded. */
  void onForwarded(Forwarded forwarded) {
    for (RenewalOutcome renewal : forwarded.getRenewalsList()) {
      settle(
          renewal.getNonce() == 0
              ? CommandKey.close(renewal.getSessionId())
              : CommandKey.renewal(renewal.getSessionId(), renewal.getNonce()));
    }
    Flight flight = forwarding(forwarded.getBatchId());
    if (flight == null) {
      return;
    }
    switch (forwarded.getStatus()) {
      case APPLIED -> {
        failures = 0;
        overloads = 0;
        own.land(flight);
        remove(flight);
      }
      case REFUSED_OVERLOADED -> {
        leaderOverloaded = true;
        overloadedUntilNanos = nanos.nanoTime() + holdNanos(overloads++);
        giveUp(flight);
      }
      case NOT_LEADER, OUTCOME_UNKNOWN, STATUS_UNSPECIFIED, UNRECOGNIZED -> {
        giveUp(flight);
        hold();
      }
    }
  }

  /** This node leads from now on, with everything of earlier terms applied. */
  void onLeadershipGained(long gainedTerm) {
    leading = true;
    term = gainedTerm;
    forgetHolds();
  }

  /** This node leads no more: its proposals may or may not be committed. */
  void onLeadershipLost() {
    leading = false;
    for (Flight flight : List.copyOf(flights)) {
      if (flight.isProposal()) {
        giveUp(flight);
      }
    }
    for (ForwardedBatch batch : lanes.removeAll(ForwardedBatch.class)) {
      reply(batch.from(), batch.batchId(), Forwarded.Status.NOT_LEADER);
    }
    forgetHolds();
  }

  /** The known leader changed; null for none, or for this node. */
  void onLeaderChanged(@Nullable NodeId newLeader, long newTerm) {
    leader = newLeader;
    leaderTerm = newTerm;
    for (Flight flight : List.copyOf(flights)) {
      if (!flight.isProposal()) {
        giveUp(flight);
      }
    }
    forgetHolds();
  }

  /** Messages can be sent to a node again. */
  void onPeerConnected(NodeId peer) {
    if (peer.equals(leader)) {
      forgetHolds();
    }
  }

  /** Sends whatever there are slots for. To be called after all events that wait were taken in. */
  void send() {
    long now = nanos.nanoTime();
    giveUpOverdue(now);
    if (holding && now - holdUntilNanos < 0) {
      return;
    }
    holding = false;
    if (leading) {
      while (!holding && proposeNext(now)) {}
    } else if (leader != null) {
      leaderOverloaded = leaderOverloaded && now - overloadedUntilNanos < 0;
      while (!holding && forwardNext(now, leader)) {}
    }
  }

  /** Nanoseconds until {@link #send} has something to do although no event arrives. */
  long nanosUntilDue(long now) {
    long due = Long.MAX_VALUE;
    for (Flight flight : flights) {
      due = Math.min(due, flight.giveUpNanos - now);
    }
    if (!lanes.isEmpty() && holding) {
      due = Math.min(due, holdUntilNanos - now);
    }
    if (!lanes.isEmpty() && leaderOverloaded) {
      due = Math.min(due, overloadedUntilNanos - now);
    }
    return Math.max(0, due);
  }

  private boolean proposeNext(long now) {
    boolean tickDue = ticker.isDue(now);
    if (lanes.isEmpty() && !tickDue) {
      return false;
    }
    boolean inRenewalSlot = !hasSlot(false);
    if (inRenewalSlot && !((tickDue || !lanes.isEmpty(CommandLane.RENEWAL)) && hasSlot(true))) {
      return false;
    }
    List<Waiting> taken =
        lanes.take(
            CommandLane.ORDINARY,
            settings.entryBytesMax(),
            settings.entryCommandsMax(),
            this::isWanted);
    if (taken.isEmpty() && !tickDue) {
      return false;
    }
    propose(
        new Flight(nextFlightId++, null, inRenewalSlot, giveUpAt(now, PROPOSAL_PATIENCE), taken),
        taken,
        now);
    return true;
  }

  private void propose(Flight flight, List<Waiting> taken, long now) {
    LogEntry.Builder entry = LogEntry.newBuilder();
    for (Waiting waiting : taken) {
      switch (waiting) {
        case OwnCommand command -> entry.addCommands(command.command());
        case ForwardedBatch batch -> entry.addAllCommands(batch.commands());
      }
    }
    own.board(flight);
    flights.add(flight);
    entriesProposed++;
    commandsProposed += entry.getCommandsCount();
    // The stamp comes last: no command may arrive after the time that it is judged by.
    long stampMillis = clock.nowMillis();
    ticker.onStamped(stampMillis, now);
    byte[] bytes = entry.setClockMillis(stampMillis).build().toByteArray();
    log.propose(term, bytes, outcome -> onProposalOutcome(flight, outcome));
  }

  private void onProposalOutcome(Flight flight, ProposalOutcome outcome) {
    if (!flights.contains(flight)) {
      return;
    }
    switch (outcome) {
      case COMMITTED -> {
        failures = 0;
        remove(flight);
        own.land(flight);
        flight.batches.forEach(this::replyApplied);
      }
      case OUTCOME_UNKNOWN -> {
        giveUp(flight);
        hold();
      }
    }
  }

  private boolean forwardNext(long now, NodeId to) {
    CommandLane last = leaderOverloaded ? CommandLane.RELEASE : CommandLane.ORDINARY;
    boolean inRenewalSlot = !hasSlot(false);
    if (inRenewalSlot && (lanes.isEmpty(CommandLane.RENEWAL) || !hasSlot(true))) {
      return false;
    }
    List<Waiting> taken =
        lanes.take(last, settings.entryBytesMax(), settings.entryCommandsMax(), this::isWanted);
    if (taken.isEmpty()) {
      return false;
    }
    Flight flight = new Flight(nextFlightId++, to, inRenewalSlot, giveUpAt(now, 1), taken);
    Forward.Builder forward =
        Forward.newBuilder().setBatchId(flight.id).setTerm(leaderTerm).setPriority(true);
    for (OwnCommand command : flight.own) {
      forward.addCommands(command.command());
      if (command.lane() == CommandLane.ORDINARY) {
        forward.setPriority(false);
      }
    }
    own.board(flight);
    flights.add(flight);
    if (!peers.send(to, PeerMessage.newBuilder().setForward(forward).build())) {
      giveUp(flight);
      hold();
      return false;
    }
    return true;
  }

  private boolean isWanted(Waiting waiting) {
    return switch (waiting) {
      case OwnCommand command -> own.isWaiting(command);
      case ForwardedBatch _ -> true;
    };
  }

  private boolean hasSlot(boolean renewal) {
    int used = 0;
    for (Flight flight : flights) {
      used += flight.inRenewalSlot == renewal ? 1 : 0;
    }
    return used < (renewal ? 1 : settings.flightsMax());
  }

  private void giveUpOverdue(long now) {
    for (Flight flight : List.copyOf(flights)) {
      if (now - flight.giveUpNanos >= 0) {
        failures++;
        giveUp(flight);
      }
    }
  }

  private void giveUp(Flight flight) {
    remove(flight);
    lanes.putBack(own.giveUp(flight));
    for (ForwardedBatch batch : flight.batches) {
      reply(batch.from(), batch.batchId(), Forwarded.Status.OUTCOME_UNKNOWN);
    }
  }

  private void remove(Flight flight) {
    flights.remove(flight);
    if (flights.isEmpty()) {
      ticker.onNothingInFlight();
    }
  }

  private @Nullable Flight forwarding(long batchId) {
    for (Flight flight : flights) {
      if (flight.id == batchId && !flight.isProposal()) {
        return flight;
      }
    }
    return null;
  }

  private static void collectRenewals(Flight flight, AppliedEntry applied) {
    long clockMillis = applied.applied().clockMillis();
    for (Outcome outcome : applied.applied().outcomes()) {
      switch (outcome) {
        case Outcome.Renewed renewed ->
            collect(flight, renewed.sessionId(), renewed.nonce(), renewed.alive(), clockMillis);
        case Outcome.Closed closed -> collect(flight, closed.sessionId(), 0, false, clockMillis);
        case Outcome.Answered _,
            Outcome.Opened _,
            Outcome.OpenRefused _,
            Outcome.OperationTaken _,
            Outcome.OperationRefused _,
            Outcome.Operated _ -> {}
      }
    }
  }

  private static void collect(
      Flight flight, long sessionId, long nonce, boolean alive, long clockMillis) {
    CommandKey key =
        nonce == 0 ? CommandKey.close(sessionId) : CommandKey.renewal(sessionId, nonce);
    for (ForwardedBatch batch : flight.batches) {
      if (batch.renewals().containsKey(key)) {
        batch
            .renewals()
            .put(
                key,
                RenewalOutcome.newBuilder()
                    .setSessionId(sessionId)
                    .setNonce(nonce)
                    .setAlive(alive)
                    .setClockMillis(clockMillis)
                    .build());
      }
    }
  }

  private void replyApplied(ForwardedBatch batch) {
    Forwarded.Builder forwarded =
        Forwarded.newBuilder().setBatchId(batch.batchId()).setStatus(Forwarded.Status.APPLIED);
    for (RenewalOutcome outcome : batch.renewals().values()) {
      if (outcome != null) {
        forwarded.addRenewals(outcome);
      }
    }
    // A lost reply is made up for by the origin's own map, or by its sending again.
    peers.send(batch.from(), PeerMessage.newBuilder().setForwarded(forwarded).build());
  }

  private void reply(NodeId to, long batchId, Forwarded.Status status) {
    Forwarded forwarded = Forwarded.newBuilder().setBatchId(batchId).setStatus(status).build();
    peers.send(to, PeerMessage.newBuilder().setForwarded(forwarded).build());
  }

  private long giveUpAt(long now, int patience) {
    long grown = settings.resendNanos() << Math.min(failures, 10);
    return now + patience * jittered(Math.min(grown, settings.resendNanosMax()));
  }

  private void hold() {
    holdUntilNanos = nanos.nanoTime() + holdNanos(failures++);
    holding = true;
  }

  private long holdNanos(int times) {
    return jittered(Math.min(HOLD_NANOS_FIRST << Math.min(times, 10), HOLD_NANOS_MAX));
  }

  private long jittered(long delayNanos) {
    return delayNanos + (long) (delayNanos * 0.5 * random.nextDouble());
  }

  private void forgetHolds() {
    failures = 0;
    overloads = 0;
    holding = false;
    leaderOverloaded = false;
  }
}
