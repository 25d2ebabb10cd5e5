package dev.holdfast.core;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Appended;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.DeadlockMember;
import dev.holdfast.protocol.v1.Done;
import dev.holdfast.protocol.v1.Granted;
import dev.holdfast.protocol.v1.HandedOver;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.Queued;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Released;
import org.jspecify.annotations.Nullable;

/** Makes answers. */
final class Answers {
  private Answers() {}

  static Answer granted(Grant grant) {
    return granted(grant, grant.token());
  }

  static Answer granted(Grant grant, long revision) {
    return Answer.newBuilder()
        .setRevision(revision)
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

  static Answer handedOver(Grant received) {
    return Answer.newBuilder()
        .setRevision(received.token())
        .setHandedOver(HandedOver.newBuilder().setToken(received.token()))
        .build();
  }

  static Answer done(long revision) {
    return Answer.newBuilder().setRevision(revision).setDone(Done.getDefaultInstance()).build();
  }

  static Answer appended(long offset, long length, long revision) {
    return Answer.newBuilder()
        .setRevision(revision)
        .setAppended(Appended.newBuilder().setOffset(offset).setLength(length))
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

  static Answer deadlock(Deadlock deadlock, long revision) {
    return refused(
        Refused.newBuilder().setReason(RefusalReason.DEADLOCK).setDeadlock(deadlock), revision);
  }

  /** What is kept of an answer: of a cycle the numbers only, so that a stored answer is small. */
  static Answer toStore(Answer answer) {
    if (!answer.hasRefused() || !answer.getRefused().hasDeadlock()) {
      return answer;
    }
    Answer.Builder stored = answer.toBuilder();
    for (DeadlockMember.Builder member :
        stored.getRefusedBuilder().getDeadlockBuilder().getMembersBuilderList()) {
      member.clearOwner().clearLabel().clearLock();
    }
    return stored.build();
  }

  /** A stored answer with the texts that it was told with, as far as they are still known. */
  static Answer fromStore(Answer stored, State state) {
    if (!stored.hasRefused() || !stored.getRefused().hasDeadlock()) {
      return stored;
    }
    DeadlockKey key = DeadlockKey.of(stored.getRefused().getDeadlock());
    Deadlock known = state.recentDeadlocks.get(key);
    return known == null ? stored : deadlock(known, stored.getRevision());
  }

  static Holder holder(OwnerKey owner, long token, @Nullable Need need, String label) {
    Holder.Builder holder =
        Holder.newBuilder()
            .setSessionId(owner.sessionId())
            .setOwner(owner.owner())
            .setToken(token)
            .setLabel(label);
    return need == null
        ? holder.build()
        : holder.setMode(Modes.wire(need.mode())).setPermits(need.permits()).build();
  }
}
