package dev.holdfast.core;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Granted;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Queued;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Released;

/** Makes answers. */
final class Answers {
  private Answers() {}

  static Answer granted(Grant grant) {
    return Answer.newBuilder()
        .setRevision(grant.token())
        .setGranted(
            Granted.newBuilder()
                .setToken(grant.token())
                .setExpiresAtMillis(grant.expiresAtMillis()))
        .build();
  }

  static Answer released(long revision) {
    return Answer.newBuilder()
        .setRevision(revision)
        .setReleased(Released.getDefaultInstance())
        .build();
  }

  static Answer queued(Waiting request) {
    return Answer.newBuilder()
        .setRevision(request.ticket())
        .setQueued(Queued.newBuilder().setTicket(request.ticket()))
        .build();
  }

  static Answer refused(RefusalReason reason, long revision) {
    return refused(Refused.newBuilder().setReason(reason), revision);
  }

  static Answer refused(Refused.Builder refused, long revision) {
    return Answer.newBuilder().setRevision(revision).setRefused(refused).build();
  }

  static Holder holder(OwnerKey owner, long token, int mode, String label) {
    return Holder.newBuilder()
        .setSessionId(owner.sessionId())
        .setOwner(owner.owner())
        .setToken(token)
        .setMode(LockMode.forNumber(mode))
        .setLabel(label)
        .build();
  }
}
