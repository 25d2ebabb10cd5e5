package dev.holdfast.client;

import dev.holdfast.protocol.SessionId;
import dev.holdfast.protocol.v1.Deadlock;
import dev.holdfast.protocol.v1.DeadlockMember;
import org.jspecify.annotations.Nullable;

/** From messages to reports, and from reports to a sentence. */
final class Deadlocks {
  private static final int SHOWN_MAX = 8;

  private Deadlocks() {}

  static DeadlockReport report(Deadlock deadlock) {
    return new DeadlockReport(
        deadlock.getRevision(),
        deadlock.getClockMillis(),
        deadlock.getVictimTicket(),
        deadlock.getMembersList().stream().map(Deadlocks::member).toList(),
        deadlock.getLength());
  }

  private static DeadlockReport.Member member(DeadlockMember member) {
    return new DeadlockReport.Member(
        new RequestId(new SessionId(member.getSessionId()), member.getSequence()),
        member.getOwner(),
        member.getLabel(),
        member.getTicket(),
        member.getPriority(),
        member.getWaitedMillis(),
        member.getLock(),
        Mode.of(member.getWantedMode()),
        member.getWantedPermits(),
        Mode.of(member.getHeldMode()),
        member.getHeldPermits(),
        member.getHeldToken());
  }

  /** One line: who waits for what whom. */
  static String sentence(DeadlockReport deadlock) {
    StringBuilder text = new StringBuilder();
    int count = deadlock.members().size();
    for (int i = 0; i < Math.min(count, SHOWN_MAX); i++) {
      DeadlockReport.Member member = deadlock.members().get(i);
      DeadlockReport.Member next = deadlock.members().get((i + 1) % count);
      text.append(i == 0 ? "" : "; ")
          .append(member.owner())
          .append(" of session ")
          .append(member.request().sessionId())
          .append(" wants '")
          .append(member.lock())
          .append("' ")
          .append(amount(member.wantedMode(), member.wantedPermits()))
          .append(", which ")
          .append(next.owner())
          .append(" of session ")
          .append(next.request().sessionId())
          .append(" holds ")
          .append(amount(member.heldMode(), member.heldPermits()))
          .append(" with token ")
          .append(member.heldToken());
    }
    if (deadlock.length() > SHOWN_MAX) {
      text.append("; and so on, ").append(deadlock.length()).append(" in all");
    }
    return text.toString();
  }

  private static String amount(@Nullable Mode mode, int permits) {
    return mode == null ? permits + (permits == 1 ? " permit" : " permits") : "in mode " + mode;
  }
}
