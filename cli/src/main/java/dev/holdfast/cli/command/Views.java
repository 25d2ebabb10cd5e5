package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.Columns;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.client.LockHolder;
import dev.holdfast.client.LockReservation;
import dev.holdfast.client.LockWaiter;
import dev.holdfast.client.MemberInfo;
import dev.holdfast.client.Mode;
import dev.holdfast.client.ReadInfo;
import dev.holdfast.client.SessionSummary;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is told about each kind of thing, in which words. JSON field names are promises: see
 * docs/cli.md.
 */
final class Views {
  static final Columns<LockHolder> HOLDERS =
      new Columns<LockHolder>()
          .number("token", "TOKEN", LockHolder::token)
          .text("mode", "MODE", holder -> how(holder.mode(), holder.permits()))
          .number("session", "SESSION", LockHolder::sessionId)
          .text("owner", "OWNER", LockHolder::owner)
          .duration("held_ms", "HELD", LockHolder::heldMillis)
          .duration("lease_left_ms", "LEASE LEFT", LockHolder::leaseLeftMillis)
          .duration("session_left_ms", "SESSION LEFT", LockHolder::sessionLeftMillis)
          .text("label", "LABEL", LockHolder::label)
          .jsonOnly("client_id", LockHolder::clientId);

  /** How a lock is held or wanted. */
  static String how(@Nullable Mode mode, int permits) {
    return mode == null ? permits + (permits == 1 ? " permit" : " permits") : mode.name();
  }

  static final Columns<LockReservation> RESERVATIONS =
      new Columns<LockReservation>()
          .number("token", "TOKEN", LockReservation::token)
          .text("mode", "MODE", reserved -> how(reserved.mode(), reserved.permits()))
          .number("session", "SESSION", LockReservation::sessionId)
          .text("owner", "OWNER", LockReservation::owner)
          .duration("left_ms", "LEFT", LockReservation::leftMillis);

  static final Columns<LockWaiter> WAITERS =
      new Columns<LockWaiter>()
          .number("position", "POSITION", LockWaiter::position)
          .text("mode", "MODE", waiter -> how(waiter.mode(), waiter.permits()))
          .number("session", "SESSION", LockWaiter::sessionId)
          .text("owner", "OWNER", LockWaiter::owner)
          .duration("waited_ms", "WAITED", LockWaiter::waitedMillis)
          .number("ticket", "TICKET", LockWaiter::ticket)
          .text("label", "LABEL", LockWaiter::label);

  static final Columns<SessionSummary> SESSIONS =
      new Columns<SessionSummary>()
          .number("session", "SESSION", SessionSummary::sessionId)
          .number("grants", "GRANTS", SessionSummary::grants)
          .number("waiting", "WAITING", SessionSummary::waiting)
          .duration("left_ms", "LEFT", SessionSummary::leftMillis)
          .duration("ttl_ms", "TTL", SessionSummary::ttlMillis)
          .text("label", "LABEL", SessionSummary::label)
          .jsonOnly("client_id", SessionSummary::clientId);

  static final Columns<MemberInfo> MEMBERS =
      new Columns<MemberInfo>()
          .text("node", "NODE", MemberInfo::nodeId)
          .text("role", "ROLE", member -> member.leader() ? "leader" : "follower")
          .text("peer_address", "PEER ADDRESS", MemberInfo::peerAddress)
          .text("client_endpoint", "CLIENT ENDPOINT", MemberInfo::clientEndpoint)
          .number("revision", "REVISION", MemberInfo::revision)
          .duration("heard_ms_ago", "HEARD AGO", MemberInfo::heardMillisAgo)
          .number("incarnation", "INCARNATION", MemberInfo::incarnation);

  private static final Columns<ReadInfo> READ =
      new Columns<ReadInfo>()
          .text("consistency", "CONSISTENCY", info -> lower(info.consistency()))
          .number("revision", "REVISION", ReadInfo::revision)
          .text("node", "NODE", ReadInfo::nodeId)
          .number("leader_heard_ms_ago", "LEADER HEARD", ReadInfo::leaderHeardMillisAgo)
          .number("clock_ms", "CLOCK", ReadInfo::clockMillis);

  private Views() {}

  /** Writes the field {@code read}: how the question was answered. */
  static void writeRead(Json json, ReadInfo info) {
    json.name("read").startObject();
    READ.writeFields(json, info);
    json.endObject();
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** How the question was answered, for a person. */
  static String sentence(ReadInfo info) {
    String sentence =
        lower(info.consistency())
            + ", by node "
            + info.nodeId()
            + " at revision "
            + info.revision();
    return switch (info.consistency()) {
      case LINEARIZABLE -> sentence;
      case LOCAL ->
          sentence
              + (info.leaderHeardMillisAgo() < 0
                  ? ", which has never heard of a leader"
                  : ", which heard of a leader "
                      + dev.holdfast.cli.terminal.Durations.format(info.leaderHeardMillisAgo())
                      + " ago");
    };
  }

  /** Somebody who holds, in a sentence. */
  static String sentence(LockHolder holder) {
    return "owner "
        + holder.owner()
        + " of session "
        + holder.sessionId()
        + " ("
        + holder.label()
        + ")";
  }
}
