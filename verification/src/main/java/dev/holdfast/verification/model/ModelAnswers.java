package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Appended;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.DeadlockMember;
import dev.holdfast.protocol.v1.Done;
import dev.holdfast.protocol.v1.Granted;
import dev.holdfast.protocol.v1.HandedOver;
import dev.holdfast.protocol.v1.Queued;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Released;
import java.util.List;

/** The answers that there are, as messages. */
final class ModelAnswers {
  private ModelAnswers() {}

  static Refused because(RefusalReason reason) {
    return Refused.newBuilder().setReason(reason).build();
  }

  static Refused because(RefusalReason reason, String lock) {
    return Refused.newBuilder().setReason(reason).setLock(lock).build();
  }

  static Answer refused(Refused refused, long revision) {
    return Answer.newBuilder().setRefused(refused).setRevision(revision).build();
  }

  static Answer refused(RefusalReason reason, long revision) {
    return refused(because(reason), revision);
  }

  static Answer released(long revision) {
    return Answer.newBuilder()
        .setReleased(Released.getDefaultInstance())
        .setRevision(revision)
        .build();
  }

  static Answer done(long revision) {
    return Answer.newBuilder().setDone(Done.getDefaultInstance()).setRevision(revision).build();
  }

  static Answer appended(long offset, long length, long revision) {
    return Answer.newBuilder()
        .setAppended(Appended.newBuilder().setOffset(offset).setLength(length))
        .setRevision(revision)
        .build();
  }

  static Answer queued(long ticket) {
    return Answer.newBuilder()
        .setQueued(Queued.newBuilder().setTicket(ticket))
        .setRevision(ticket)
        .build();
  }

  static Answer granted(ModelGrant grant, long revision) {
    return Answer.newBuilder()
        .setGranted(
            Granted.newBuilder()
                .setToken(grant.token())
                .setExpiresAtMillis(grant.expiresAtMillis()))
        .setRevision(revision)
        .build();
  }

  static Answer handedOver(long token) {
    return Answer.newBuilder()
        .setHandedOver(HandedOver.newBuilder().setToken(token))
        .setRevision(token)
        .build();
  }

  static Answer withDeadlock(Answer answer, Deadlock deadlock) {
    return answer.toBuilder()
        .setRefused(answer.getRefused().toBuilder().setDeadlock(deadlock))
        .build();
  }

  /** "The stored answer keeps the members without texts (owner, label, lock)." */
  static Answer withoutTexts(Answer answer) {
    if (!answer.getRefused().hasDeadlock()) {
      return answer;
    }
    Deadlock deadlock = answer.getRefused().getDeadlock();
    List<DeadlockMember> members =
        deadlock.getMembersList().stream()
            .map(member -> member.toBuilder().clearOwner().clearLabel().clearLock().build())
            .toList();
    return withDeadlock(answer, deadlock.toBuilder().clearMembers().addAllMembers(members).build());
  }
}
