package dev.holdfast.server.node;

import static dev.holdfast.server.node.RefusalDetail.refused;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.holdfast.core.ReceivedInfo;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.protocol.log.v1.CloseSession;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Attached;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.GrantsHeld;
import dev.holdfast.protocol.v1.Move;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.ReceivedGrant;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.ResumeSessionFrame;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Attaches streams to sessions, and takes in what arrives on them. */
final class SessionDesk {
  private final NodeIdentity identity;
  private final Admission admission;
  private final RequestDesk requests;
  private final QueueNewsDesk news;
  private final Streams streams;
  private final Proposer proposer;
  private final ReadBarrier barrier;
  private final MapView map;
  private final LeaderWatch leaderWatch;
  private final Announcer announcer;
  private final NanoClock nanos;
  private final MapPosition position;
  private boolean stopping;

  SessionDesk(
      NodeIdentity identity,
      Admission admission,
      RequestDesk requests,
      QueueNewsDesk news,
      Streams streams,
      Proposer proposer,
      ReadBarrier barrier,
      MapView map,
      LeaderWatch leaderWatch,
      Announcer announcer,
      NanoClock nanos,
      MapPosition position) {
    this.identity = identity;
    this.admission = admission;
    this.requests = requests;
    this.news = news;
    this.streams = streams;
    this.proposer = proposer;
    this.barrier = barrier;
    this.map = map;
    this.leaderWatch = leaderWatch;
    this.announcer = announcer;
    this.nanos = nanos;
    this.position = position;
  }

  void onFrame(SessionStream stream, ClientFrame frame) {
    switch (stream.state) {
      case NEW -> onFirst(stream, frame);
      case OPENING, RESUMING -> stream.held.add(frame);
      case ATTACHED -> take(stream, frame);
      case ENDED -> {}
    }
  }

  /** A frame that cannot be taken in ends its stream. */
  void onBadFrame(SessionStream stream, Refused refused) {
    if (stream.state != SessionStream.State.ENDED) {
      streams.refuse(stream, refused);
    }
  }

  private void onFirst(SessionStream stream, ClientFrame frame) {
    streams.opened(stream);
    Refused problem = problemWithFirst(frame);
    if (problem != null) {
      streams.refuse(stream, problem);
      return;
    }
    stream.held.add(frame);
    switch (frame.getFirstCase()) {
      case OPEN -> open(stream, frame.getOpen());
      case RESUME -> resume(stream, frame.getResume());
      case FIRST_NOT_SET -> throw new IllegalStateException("checked before");
    }
  }

  private @Nullable Refused problemWithFirst(ClientFrame frame) {
    Refused problem =
        switch (frame.getFirstCase()) {
          case OPEN -> admission.problemWith(frame.getOpen());
          case RESUME -> Admission.problemWith(frame.getResume());
          case FIRST_NOT_SET ->
              Admission.invalid(
                  "the first frame of a stream has `open` or `resume`; send one of them first");
        };
    if (problem != null) {
      return problem;
    }
    if (stopping) {
      return refused(RefusalReason.NODE_STOPPING);
    }
    if (leaderWatch.isCutOff(nanos.nanoTime())) {
      return noLeader();
    }
    return streams.count() > admission.limits().sessionsMax()
        ? refused(RefusalReason.TOO_MANY_SESSIONS)
        : null;
  }

  private Refused noLeader() {
    return RefusalDetail.noLeader(announcer.otherEndpoints(leaderWatch.leader()));
  }

  private void open(SessionStream stream, OpenSessionFrame open) {
    stream.state = SessionStream.State.OPENING;
    stream.nonce = open.getNonce();
    stream.secretHash = sha256(open.getSecret());
    stream.openedAfterRevision = position.revision();
    streams.addOpening(stream);
    proposer.submit(
        Command.newBuilder()
            .setOpen(
                OpenSession.newBuilder()
                    .setNonce(open.getNonce())
                    .setSecretHash(stream.secretHash)
                    .setClientId(open.getClientId())
                    .setLabel(open.getLabel())
                    .setTtlMillis(open.getTtlMillis())
                    .setLocksMax(open.getLocksMax()))
            .build());
  }

  /** The map has, or had already, a session with this nonce. */
  void onOpened(ByteString nonce, long sessionId) {
    SessionStream stream = streams.takeOpening(nonce);
    if (stream != null) {
      attachIfProven(stream, sessionId, true);
    }
  }

  void onOpenRefused(ByteString nonce, Answer answer) {
    SessionStream stream = streams.takeOpening(nonce);
    if (stream != null) {
      Refused refused = answer.getRefused();
      streams.refuse(
          stream,
          refused.getDetail().isEmpty()
              ? refused.toBuilder().setDetail(RefusalDetail.of(refused.getReason())).build()
              : refused);
    }
  }

  private void resume(SessionStream stream, ResumeSessionFrame resume) {
    stream.secretHash = sha256(resume.getSecret());
    long sessionId = resume.getSessionId();
    if (map.read(machine -> machine.session(sessionId)) != null) {
      attachIfProven(stream, sessionId, false);
      return;
    }
    // It may have been opened at another node a moment ago, and this map be behind.
    stream.state = SessionStream.State.RESUMING;
    barrier.await(
        passage -> {
          if (stream.state == SessionStream.State.RESUMING) {
            switch (passage) {
              case PASSED -> attachIfProven(stream, sessionId, false);
              case NO_LEADER -> streams.refuse(stream, noLeader());
              case OVERLOADED -> streams.refuse(stream, refused(RefusalReason.OVERLOADED));
            }
          }
        });
  }

  private void attachIfProven(SessionStream stream, long sessionId, boolean opened) {
    SessionInfo session = map.read(machine -> machine.session(sessionId));
    if (session == null) {
      streams.refuse(stream, refused(RefusalReason.UNKNOWN_SESSION));
    } else if (!isEqualInConstantTime(session.secretHash(), stream.secretHash)) {
      streams.refuse(stream, refused(RefusalReason.WRONG_SECRET));
    } else {
      attach(stream, session, opened);
    }
  }

  private void attach(SessionStream stream, SessionInfo session, boolean opened) {
    streams.attach(stream, session.sessionId());
    streams
        .frame(stream)
        .setAttached(
            Attached.newBuilder()
                .setSessionId(session.sessionId())
                .setClockMillis(position.clockMillis())
                .setTtlMillis(session.ttlMillis())
                .setNodeId(identity.id().value())
                .setHeld(heldBy(session.sessionId()))
                .addEndpoints(identity.clientEndpoint())
                .addAllEndpoints(announcer.otherEndpoints(leaderWatch.leader())));
    // What was sent along with `open` may have been sent to another node before.
    while (!stream.held.isEmpty() && stream.isAttached()) {
      take(stream, stream.held.remove().toBuilder().clearFirst().build());
    }
    stream.fresh = opened && session.sessionId() > stream.openedAfterRevision;
  }

  /** So that a client that was away learns what ended meanwhile. */
  GrantsHeld heldBy(long sessionId) {
    return map.read(
        machine ->
            GrantsHeld.newBuilder()
                .setRevision(machine.revision())
                .addAllTokens(machine.tokensOf(sessionId))
                .addAllReceived(
                    machine.receivedBy(sessionId).stream().map(SessionDesk::told).toList())
                .build());
  }

  private static ReceivedGrant told(ReceivedInfo received) {
    return ReceivedGrant.newBuilder()
        .setToken(received.grant().token())
        .setOwner(received.grant().owner())
        .addAllDemands(received.grant().demands())
        .setExpiresAtMillis(received.grant().expiresAtMillis())
        .setFromSessionId(received.fromSessionId())
        .setFromToken(received.fromToken())
        .build();
  }

  private void take(SessionStream stream, ClientFrame frame) {
    if (frame.getFirstCase() != ClientFrame.FirstCase.FIRST_NOT_SET) {
      streams.refuse(
          stream,
          Admission.invalid(
              "only the first frame of a stream has `open` or `resume`; use another stream"));
      return;
    }
    if (frame.hasAcknowledged()) {
      Refused problem = Admission.problemWith(frame.getAcknowledged());
      if (problem != null) {
        streams.refuse(stream, problem);
        return;
      }
      stream.unsentAcknowledged = frame.getAcknowledged();
    }
    frame.getRequestsList().forEach(request -> requests.onRequest(stream, request));
    if (frame.hasQueueNews()) {
      news.onWish(stream, frame.getQueueNews());
    }
    frame.getRenewalsList().forEach(renewal -> requests.onRenewal(stream, renewal.getNonce()));
    if (frame.getClose()) {
      stream.closing = true;
      proposer.submit(
          Command.newBuilder()
              .setClose(CloseSession.newBuilder().setSessionId(stream.sessionId))
              .build());
    }
    streams.consumed(stream);
  }

  /** Sends every session away, and takes in no more if this node is about to stop. */
  void moveAll(String detail) {
    Move move =
        Move.newBuilder()
            .addAllEndpoints(announcer.otherEndpoints(leaderWatch.leader()))
            .setDetail(detail)
            .build();
    streams.allAttached().forEach(stream -> streams.frame(stream).setMove(move));
    streams.allOpening().forEach(stream -> streams.refuse(stream, goneReason()));
  }

  private Refused goneReason() {
    return stopping ? refused(RefusalReason.NODE_STOPPING) : noLeader();
  }

  void stop() {
    stopping = true;
  }

  private static boolean isEqualInConstantTime(ByteString a, ByteString b) {
    return MessageDigest.isEqual(a.toByteArray(), b.toByteArray());
  }

  private static ByteString sha256(ByteString secret) {
    try {
      return UnsafeByteOperations.unsafeWrap(
          MessageDigest.getInstance("SHA-256").digest(secret.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
