package dev.holdfast.server.node;

import static dev.holdfast.server.node.RefusalDetail.refused;

import dev.holdfast.core.Event;
import dev.holdfast.core.Event.GrantCause;
import dev.holdfast.core.Event.GrantEnd;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.RenewSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Answered;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.LossReason;
import dev.holdfast.protocol.v1.LostGrant;
import dev.holdfast.protocol.v1.ReceivedGrant;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Renewed;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.RevocationRequested;
import org.jspecify.annotations.Nullable;

/** Turns what attached sessions ask for into commands, and what was decided into answers. */
final class RequestDesk {
  private final Admission admission;
  private final Streams streams;
  private final PendingAnswers pending;
  private final Proposer proposer;
  private final MapPosition position;

  /** Told directly before the grant that replaces it, if one does. */
  private Event.@Nullable LockReleased lastReleased;

  RequestDesk(
      Admission admission,
      Streams streams,
      PendingAnswers pending,
      Proposer proposer,
      MapPosition position) {
    this.admission = admission;
    this.streams = streams;
    this.pending = pending;
    this.proposer = proposer;
    this.position = position;
  }

  void onRequest(SessionStream stream, Request request) {
    long sequence = request.getSequence();
    Refused problem = Admission.problemWith(request);
    if (problem != null) {
      refuse(stream, sequence, problem);
      return;
    }
    long sessionId = stream.sessionId;
    boolean known = !stream.fresh || sequence <= stream.highestSequence;
    stream.highestSequence = Math.max(stream.highestSequence, sequence);
    if (!pending.isExpected(sessionId, sequence)) {
      RefusalReason overload = admission.overload(request, pending.count(sessionId), proposer);
      if (overload != null) {
        admission.countTurnedAway();
        refuseForOverload(stream, sequence, overload, known);
        return;
      }
    }
    pending.expect(sessionId, sequence, request.hasCancel() || request.hasResolve());
    submit(stream, admission.stamped(request));
  }

  /**
   * A number that nobody can have heard of is refused at once. Any other may be on its way to
   * execution by an earlier sending, or have been executed, so that to refuse it would leave a
   * grant that nobody knows of: it is cancelled in the map first, and whatever comes out of that is
   * the answer.
   */
  private void refuseForOverload(
      SessionStream stream, long sequence, RefusalReason reason, boolean known) {
    if (!known) {
      refuse(stream, sequence, refused(reason));
      return;
    }
    pending.expectRefusal(stream.sessionId, sequence, reason);
    submit(
        stream,
        Request.newBuilder().setSequence(sequence).setCancel(Cancel.getDefaultInstance()).build());
  }

  private void refuse(SessionStream stream, long sequence, Refused refused) {
    tell(
        stream,
        sequence,
        Answer.newBuilder().setRefused(refused).setRevision(position.revision()).build());
  }

  private void submit(SessionStream stream, Request request) {
    SessionRequest.Builder command =
        SessionRequest.newBuilder().setSessionId(stream.sessionId).setRequest(request);
    if (stream.unsentAcknowledged != null) {
      command.setAcknowledged(stream.unsentAcknowledged);
    }
    if (proposer.submit(Command.newBuilder().setRequest(command).build())) {
      stream.unsentAcknowledged = null;
    }
  }

  void onRenewal(SessionStream stream, long nonce) {
    if (nonce == 0) {
      streams.refuse(stream, Admission.invalid("renewals.nonce is 0; send any other number"));
      return;
    }
    stream.renewals.add(nonce);
    proposer.submit(
        Command.newBuilder()
            .setRenew(RenewSession.newBuilder().setSessionId(stream.sessionId).setNonce(nonce))
            .build());
  }

  void onAnswer(long sessionId, long sequence, Answer answer) {
    SessionStream stream = streams.attachedTo(sessionId);
    if (stream == null) {
      return;
    }
    Answer toTell = pending.onAnswer(sessionId, sequence, answer);
    if (toTell != null) {
      tell(stream, sequence, toTell);
    }
  }

  private void tell(SessionStream stream, long sequence, Answer answer) {
    streams.frame(stream).addAnswers(Answered.newBuilder().setSequence(sequence).setAnswer(answer));
  }

  /** The applied outcome of a renewal, here or at the leader. */
  void onRenewed(long sessionId, long nonce, boolean alive, long clockMillis) {
    SessionStream stream = streams.attachedTo(sessionId);
    if (stream == null) {
      return;
    }
    if (!alive) {
      streams.refuse(stream, refused(RefusalReason.SESSION_EXPIRED));
    } else if (stream.renewals.remove(nonce)) {
      streams
          .frame(stream)
          .addRenewals(Renewed.newBuilder().setNonce(nonce).setClockMillis(clockMillis));
    }
  }

  /** The session is gone; whoever asked for that is told so, and others that it is lost. */
  void onSessionEnded(long sessionId, Event.SessionEnd end) {
    SessionStream stream = streams.attachedTo(sessionId);
    if (stream == null) {
      return;
    }
    switch (end) {
      case CLOSED -> {
        if (stream.closing) {
          streams.frame(stream).setClosed(true);
          streams.end(stream);
        } else {
          streams.refuse(stream, refused(RefusalReason.SESSION_CLOSED));
        }
      }
      case EXPIRED -> streams.refuse(stream, refused(RefusalReason.SESSION_EXPIRED));
    }
  }

  /** A grant that its session did not ask for: another owner has given it. */
  void onGranted(Event.LockGranted granted) {
    SessionStream stream =
        granted.cause() == GrantCause.HANDED_OVER ? streams.attachedTo(granted.sessionId()) : null;
    if (stream == null) {
      return;
    }
    ReceivedGrant.Builder received =
        ReceivedGrant.newBuilder()
            .setToken(granted.revision())
            .setOwner(granted.owner())
            .addAllDemands(granted.demands())
            .setExpiresAtMillis(granted.expiresAtMillis())
            .setFromToken(granted.replacedToken());
    if (lastReleased != null && lastReleased.token() == granted.replacedToken()) {
      received.setFromSessionId(lastReleased.sessionId());
    }
    streams.frame(stream).addReceivedGrants(received);
  }

  /** Somebody asks a holder to let go. */
  void onRevocationRequested(Event.RevocationRequested requested) {
    SessionStream stream = streams.attachedTo(requested.sessionId());
    if (stream != null) {
      streams
          .frame(stream)
          .addRevocations(
              RevocationRequested.newBuilder()
                  .setToken(requested.token())
                  .setBySessionId(requested.bySessionId())
                  .setOperator(requested.operator())
                  .setDetail(requested.detail()));
    }
  }

  void onReleased(Event.LockReleased released) {
    lastReleased = released;
    LossReason reason = lossReason(released.end());
    SessionStream stream = reason == null ? null : streams.attachedTo(released.sessionId());
    if (reason != null && stream != null) {
      streams
          .frame(stream)
          .addLostGrants(
              LostGrant.newBuilder()
                  .setToken(released.token())
                  .setReason(reason)
                  .setOperator(released.operator())
                  .setDetail(released.reason()));
    }
  }

  private static @Nullable LossReason lossReason(GrantEnd end) {
    return switch (end) {
      case FORCE_RELEASED -> LossReason.LOSS_FORCE_RELEASED;
      case LEASE_EXPIRED -> LossReason.LOSS_LEASE_EXPIRED;
      // The holder did it, or learns that its whole session has ended.
      case RELEASED, EXTENDED, CONVERTED, HANDED_OVER, SESSION_CLOSED, SESSION_EXPIRED -> null;
    };
  }
}
