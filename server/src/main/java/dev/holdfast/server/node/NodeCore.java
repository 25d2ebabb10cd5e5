package dev.holdfast.server.node;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.peer.v1.Announcement;
import dev.holdfast.protocol.peer.v1.Forwarded;
import dev.holdfast.protocol.peer.v1.PeerMessage;
import dev.holdfast.protocol.peer.v1.RenewalOutcome;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.replication.LogStatus;
import dev.holdfast.replication.NodeId;
import dev.holdfast.server.watch.WatchLimits;
import dev.holdfast.server.watch.WatchStream;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A whole node without its threads, sockets and files: every event that a node can meet is a method
 * here, and what the node wants done goes out through the interfaces that it was given.
 *
 * <p>Single-threaded: whoever drives it calls one method after the other, then {@link #settle} once
 * no event waits any more, and again after {@link #nanosUntilDue} if nothing happens until then. In
 * {@code settle} what was decided leaves, in this order: proposals and forwarded batches, so that
 * disks and networks work while the rest goes on; questions to the leader; frames to clients.
 */
public final class NodeCore {
  private static final long BLOCKED_TICK_NANOS = 1_000_000;

  private final NodeIdentity identity;
  private final Admission admission;
  private final NanoClock nanos;
  private final NodeLog log;
  private final LeaderClock clock;
  private final DeadlineTicker ticker;
  private final Proposer proposer;
  private final PendingAnswers pending = new PendingAnswers();
  private final Streams streams;
  private final ReadBarrier barrier;
  private final LeaderWatch leaderWatch;
  private final Announcer announcer;
  private final MapPosition position = new MapPosition();
  private final RequestDesk requests;
  private final SessionDesk sessions;
  private final QueueNewsDesk news;
  private final OperatorDesk operators;
  private final ClientDesk clients;
  private final Watchers watchers;
  private final Restoration restoration;
  private boolean sentAway;

  /**
   * The last entry that somebody at another node waits for and that was not yet told; 0 if none.
   */
  private long awaitedElsewhereIndex;

  /**
   * A node that has applied nothing and knows no leader.
   *
   * @param random for jitter and for numbers of batches
   */
  public NodeCore(
      NodeIdentity identity,
      AdmissionLimits limits,
      WatchLimits watchLimits,
      ProposerSettings proposerSettings,
      NanoClock nanos,
      RandomGenerator random,
      NodeLog log,
      Peers peers,
      MapView map) {
    this.identity = identity;
    this.nanos = nanos;
    this.log = log;
    long now = nanos.nanoTime();
    clock = new LeaderClock(nanos);
    ticker = new DeadlineTicker(clock);
    proposer = new Proposer(proposerSettings, clock, ticker, nanos, random, log, peers);
    streams = new Streams(pending, 2 * limits.requestsPerSessionMax());
    barrier = new ReadBarrier(nanos, log, limits.readsWaitingMax());
    leaderWatch = new LeaderWatch(now);
    announcer = new Announcer(identity.id(), peers, identity.configuredEndpoints(), now);
    admission = new Admission(limits);
    requests = new RequestDesk(admission, streams, pending, proposer, position);
    news = new QueueNewsDesk(map, streams, pending, nanos, QueueNewsLimits.NODE);
    sessions =
        new SessionDesk(
            identity,
            admission,
            requests,
            news,
            streams,
            proposer,
            barrier,
            map,
            leaderWatch,
            announcer,
            nanos,
            position);
    operators = new OperatorDesk(proposer, nanos);
    clients = new ClientDesk(admission, proposer, barrier, map, position, nanos, random);
    watchers = new Watchers(identity, watchLimits, barrier, leaderWatch, announcer, nanos);
    restoration =
        new Restoration(map, streams, pending, proposer, requests, sessions, operators, clients);
  }

  // Clients

  /** A frame has arrived. */
  public void onFrame(SessionStream stream, ClientFrame frame) {
    sessions.onFrame(stream, frame);
  }

  /** A frame arrived that is larger than this node takes; it was not decoded. */
  public void onFrameTooLarge(SessionStream stream) {
    sessions.onBadFrame(stream, RefusalDetail.refused(RefusalReason.FRAME_TOO_LARGE));
  }

  /** Something arrived that is no frame. */
  public void onFrameUnreadable(SessionStream stream) {
    sessions.onBadFrame(
        stream,
        Admission.invalid(
            "the bytes are no ClientFrame in protobuf's encoding; generate the client from"
                + " session.proto"));
  }

  /** A client's stream is gone, for whatever reason. */
  public void onDisconnected(SessionStream stream) {
    streams.gone(stream);
  }

  /**
   * Asks for a linearizable read.
   *
   * @param revisionMin the latest revision that the reader has seen
   * @param reader hears once, on the thread that drives this node, whether it may read now
   */
  public void read(long revisionMin, Consumer<ReadPermit> reader) {
    barrier.await(
        passage ->
            reader.accept(
                switch (passage) {
                  case PASSED ->
                      position.revision() < revisionMin ? ReadPermit.BEHIND : ReadPermit.ALLOWED;
                  case NO_LEADER -> ReadPermit.NO_LEADER;
                  case OVERLOADED -> ReadPermit.OVERLOADED;
                }));
  }

  /** Somebody wants to watch; may be asked once on a stream. */
  public void watch(WatchStream stream, WatchRequest request) {
    watchers.onRequest(stream, request);
  }

  /** A watcher's connection, which was not ready for a frame, is. */
  public void onWatcherReady(WatchStream stream) {
    watchers.onReady(stream);
  }

  /** A watcher's stream is gone, for whatever reason. */
  public void onWatcherGone(WatchStream stream) {
    watchers.onGone(stream);
  }

  /** As {@link OperatorDesk#askRevocation}. */
  public void askRevocation(AskRevocation operation, Consumer<Answer> asker) {
    operators.askRevocation(operation, asker);
  }

  /** As {@link OperatorDesk#forceRelease}. */
  public void forceRelease(ForceRelease operation, Consumer<Answer> asker) {
    operators.forceRelease(operation, asker);
  }

  /** As {@link ClientDesk#request}. */
  public Runnable request(
      ClientOperation client, ByteString operationId, Request request, Consumer<Answer> asker) {
    return clients.request(client, operationId, request, asker);
  }

  /** As {@link ClientDesk#renew}. */
  public void renew(ByteString client, Consumer<Boolean> asker) {
    clients.renew(client, asker);
  }

  /** As {@link ClientDesk#end}. */
  public void end(ByteString client, Runnable done) {
    clients.end(client, done);
  }

  // The log

  /** This node's map has applied an entry. */
  public void onApplied(AppliedEntry entry) {
    long clockMillis = entry.applied().clockMillis();
    position.moveTo(entry.applied().revision(), clockMillis);
    leaderWatch.onApplied(entry.index());
    ticker.onApplied(entry.nextDeadlineMillis());
    proposer.onApplied(entry);
    for (Outcome outcome : entry.applied().outcomes()) {
      if (isAwaitedElsewhere(outcome)) {
        awaitedElsewhereIndex = entry.index();
      }
      onOutcome(outcome, clockMillis);
    }
    for (Event event : entry.applied().events()) {
      if (isAwaitedElsewhere(event)) {
        awaitedElsewhereIndex = entry.index();
      }
      onEvent(event);
    }
    watchers.onApplied(entry);
    news.onApplied(entry);
  }

  /**
   * The leader's own outcome of a renewal or a close is sent to its origin, which need not wait.
   */
  private boolean isAwaitedElsewhere(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answered answered ->
          streams.attachedTo(answered.sessionId()) == null
              && !clients.isAsking(answered.sessionId(), answered.sequence());
      case Outcome.Opened _,
          Outcome.OpenRefused _,
          Outcome.OperationRefused _,
          Outcome.Operated _ ->
          true;
      // An answer follows.
      case Outcome.OperationTaken _ -> false;
      case Outcome.Renewed _, Outcome.Closed _ -> false;
    };
  }

  private boolean isAwaitedElsewhere(Event event) {
    return switch (event) {
      case Event.SessionEnded ended -> streams.attachedTo(ended.sessionId()) == null;
      case Event.LockReleased released -> streams.attachedTo(released.sessionId()) == null;
      case Event.LockGranted granted ->
          granted.cause() == Event.GrantCause.HANDED_OVER
              && streams.attachedTo(granted.sessionId()) == null;
      case Event.RevocationRequested requested -> streams.attachedTo(requested.sessionId()) == null;
      case Event.SessionOpened _,
          Event.RequestQueued _,
          Event.RequestPassed _,
          Event.RequestLeft _,
          Event.DeadlockFound _,
          Event.LockConverted _,
          Event.ReservationEnded _,
          Event.LockValueChanged _,
          Event.FileAppended _,
          Event.FileRolledBack _,
          Event.FileDeleted _ ->
          false;
    };
  }

  private void onOutcome(Outcome outcome, long clockMillis) {
    switch (outcome) {
      case Outcome.Answered answered -> {
        requests.onAnswer(answered.sessionId(), answered.sequence(), answered.answer());
        news.onAnswer(answered.sessionId(), answered.sequence(), answered.answer());
        clients.onAnswer(answered.sessionId(), answered.sequence(), answered.answer());
      }
      case Outcome.OperationTaken taken -> clients.onTaken(taken);
      case Outcome.OperationRefused refused -> clients.onRefused(refused);
      case Outcome.Renewed renewed ->
          onRenewed(renewed.sessionId(), renewed.nonce(), renewed.alive(), clockMillis);
      case Outcome.Opened opened -> {
        if (streams.isAnyOpening()) {
          sessions.onOpened(opened.nonce(), opened.sessionId());
        }
      }
      case Outcome.OpenRefused refused -> {
        if (streams.isAnyOpening()) {
          sessions.onOpenRefused(refused.nonce(), refused.answer());
        }
      }
      case Outcome.Closed closed -> onSessionEnded(closed.sessionId(), Event.SessionEnd.CLOSED);
      case Outcome.Operated operated ->
          operators.onOperated(operated.operationId(), operated.answer());
    }
  }

  private void onRenewed(long sessionId, long nonce, boolean alive, long clockMillis) {
    requests.onRenewed(sessionId, nonce, alive, clockMillis);
    clients.onRenewed(sessionId, nonce, alive);
  }

  private void onSessionEnded(long sessionId, Event.SessionEnd end) {
    requests.onSessionEnded(sessionId, end);
    clients.onSessionEnded(sessionId, end);
  }

  private void onEvent(Event event) {
    switch (event) {
      case Event.SessionEnded ended -> onSessionEnded(ended.sessionId(), ended.end());
      case Event.LockReleased released -> requests.onReleased(released);
      case Event.LockGranted granted -> requests.onGranted(granted);
      case Event.RevocationRequested requested -> requests.onRevocationRequested(requested);
      case Event.SessionOpened _,
          Event.RequestQueued _,
          Event.RequestPassed _,
          Event.RequestLeft _,
          Event.DeadlockFound _,
          Event.LockConverted _,
          Event.ReservationEnded _,
          Event.LockValueChanged _,
          Event.FileAppended _,
          Event.FileRolledBack _,
          Event.FileDeleted _ -> {
        // Whoever asked was told by the outcome.
      }
    }
  }

  /** This node's map was replaced by that of a snapshot. */
  public void onRestored(long revision, long clockMillis, long nextDeadlineMillis) {
    position.moveTo(revision, clockMillis);
    ticker.onApplied(nextDeadlineMillis);
    restoration.onRestored();
    watchers.onRestored(revision);
    news.onRestored();
  }

  /** As {@link dev.holdfast.replication.Replica#onLeadershipGained}. */
  public void onLeadershipGained(long term) {
    clock.start(term, position.clockMillis());
    ticker.onLeadershipGained(nanos.nanoTime());
    proposer.onLeadershipGained(term);
  }

  /** As {@link dev.holdfast.replication.Replica#onLeadershipLost}. */
  public void onLeadershipLost() {
    clock.stop();
    proposer.onLeadershipLost();
  }

  /** As {@link dev.holdfast.replication.Replica#onLeaderChanged}. */
  public void onLeaderChanged(@Nullable NodeId leader, long term) {
    leaderWatch.onLeaderChanged(leader, nanos.nanoTime());
    proposer.onLeaderChanged(identity.id().equals(leader) ? null : leader, term);
  }

  /** How the log stands; told several times a second. */
  public void onStatus(LogStatus status) {
    leaderWatch.onStatus(status, nanos.nanoTime());
    announcer.onMembers(status.members());
  }

  // Peers

  /** A peer has sent a message. */
  public void onPeerMessage(NodeId from, PeerMessage message) {
    switch (message.getKindCase()) {
      case FORWARD -> proposer.onForward(from, message.getForward());
      case FORWARDED -> onForwarded(message.getForwarded());
      case ANNOUNCEMENT -> onAnnouncement(from, message.getAnnouncement());
      case KIND_NOT_SET -> {
        // From a later version; what this one needs it sends in a way that this one knows.
      }
    }
  }

  private void onForwarded(Forwarded forwarded) {
    proposer.onForwarded(forwarded);
    for (RenewalOutcome renewal : forwarded.getRenewalsList()) {
      if (renewal.getNonce() == 0) {
        onSessionEnded(renewal.getSessionId(), Event.SessionEnd.CLOSED);
      } else {
        onRenewed(
            renewal.getSessionId(),
            renewal.getNonce(),
            renewal.getAlive(),
            renewal.getClockMillis());
      }
    }
  }

  private void onAnnouncement(NodeId from, Announcement announcement) {
    long now = nanos.nanoTime();
    announcer.onAnnouncement(from, announcement, now);
    if (from.equals(leaderWatch.leader())) {
      leaderWatch.onLeaderAnnounced(announcement.getAppliedIndex(), now);
    }
  }

  /** Messages can be sent to a peer from now on. */
  public void onPeerConnected(NodeId peer) {
    proposer.onPeerConnected(peer);
    announcer.announceTo(peer, announcement());
  }

  // Time

  /** Does what time alone demands, then lets out what was decided. See the class comment. */
  public void settle() {
    long now = nanos.nanoTime();
    if (clock.isRunning() && now - clock.nextTickNanos() >= 0) {
      clock.advance();
    }
    if (announcer.isDue(now)) {
      announcer.announce(announcement(), now);
    }
    operators.giveUpOverdue(now);
    clients.settle(now);
    maybeSendAway(now);
    proposer.send();
    if (awaitedElsewhereIndex > 0) {
      // After the proposals, whose appends carry the news if they go out at once.
      log.propagateCommit(awaitedElsewhereIndex);
      awaitedElsewhereIndex = 0;
    }
    barrier.send();
    news.settle(now);
    streams.flush();
    watchers.flush();
  }

  private void maybeSendAway(long now) {
    boolean cutOff = leaderWatch.isCutOff(now);
    boolean bad = cutOff || leaderWatch.isBehind(now);
    if (bad) {
      String why =
          cutOff
              ? "this node has had no word of a leader for a second"
              : "this node is more than a second behind the leader";
      if (!sentAway) {
        sessions.moveAll(why);
      }
      // Those who came meanwhile as well: a watcher asks for nothing, and so would never notice.
      watchers.moveAll(why);
    }
    sentAway = bad;
  }

  /** Nanoseconds until {@link #settle} has something to do although no event comes. */
  public long nanosUntilDue() {
    long now = nanos.nanoTime();
    long due = announcer.nanosUntilDue(now);
    if (clock.isRunning()) {
      due = Math.min(due, Math.max(0, clock.nextTickNanos() - now));
      // A tick that is due and was not let out waits for a slot, which an event will free.
      due = Math.min(due, Math.max(BLOCKED_TICK_NANOS, ticker.nanosUntilDue(now)));
    }
    due = Math.min(due, proposer.nanosUntilDue(now));
    due = Math.min(due, barrier.nanosUntilDue(now));
    due = Math.min(due, watchers.nanosUntilDue(now));
    due = Math.min(due, news.nanosUntilDue(now));
    due = Math.min(due, clients.nanosUntilDue(now));
    return Math.min(due, operators.nanosUntilDue(now));
  }

  /** Sends all sessions and watchers to other nodes and takes in no new ones. */
  public void stop() {
    String why = "this node is stopping";
    sessions.stop();
    sessions.moveAll(why);
    watchers.stop();
    watchers.moveAll(why);
  }

  private Announcement announcement() {
    return Announcement.newBuilder()
        .setNodeId(identity.id().value())
        .setClientEndpoint(identity.clientEndpoint())
        .setRevision(position.revision())
        .setClockMillis(position.clockMillis())
        .setAppliedIndex(leaderWatch.appliedIndex())
        .setVersion(identity.version())
        .build();
  }

  /** How this node stands, for those who ask. */
  public NodeReport report() {
    return new NodeReport(
        leaderWatch.leader(),
        leaderWatch.leader() == null ? null : endpointOf(leaderWatch.leader()),
        leaderWatch.heardMillisAgo(nanos.nanoTime()),
        streams.attachedCount(),
        pending.total(),
        proposer.entriesProposed(),
        proposer.commandsProposed(),
        admission.turnedAway());
  }

  /** What a member announced last, or null; this node's own announcement for itself. */
  public @Nullable Announcement announcementOf(NodeId node) {
    if (node.equals(identity.id())) {
      return announcement();
    }
    Announcer.Heard heard = announcer.heardOf(node);
    return heard == null ? null : heard.announcement();
  }

  /** How long ago a member announced something; -1 if never. */
  public long announcedMillisAgo(NodeId node) {
    if (node.equals(identity.id())) {
      return 0;
    }
    Announcer.Heard heard = announcer.heardOf(node);
    return heard == null ? -1 : (nanos.nanoTime() - heard.heardAtNanos()) / 1_000_000;
  }

  /** The client endpoint of a node, or null if it is not known. */
  public @Nullable String endpointOf(NodeId node) {
    return node.equals(identity.id()) ? identity.clientEndpoint() : announcer.endpointOf(node);
  }
}
