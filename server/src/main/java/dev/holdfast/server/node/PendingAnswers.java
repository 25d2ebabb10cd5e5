package dev.holdfast.server.node;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the clients at this node have asked for and not been told, by session and sequence number.
 * That a request waits in a queue is no end of it: only a final answer takes it away.
 */
final class PendingAnswers {
  private static final class Asked {
    boolean toldQueued;

    /** The client itself asked, on this stream, for the number to be cancelled or resolved. */
    boolean cancelAsked;

    RefusalReason insteadOfCancelled = RefusalReason.OVERLOADED;
  }

  private final Map<Long, Map<Long, Asked>> sessions = new HashMap<>();

  /**
   * A session asks; asking twice is asking once.
   *
   * @param cancels whether it asks for the number to be cancelled or resolved
   */
  void expect(long sessionId, long sequence, boolean cancels) {
    asked(sessionId, sequence).cancelAsked |= cancels;
  }

  /**
   * A session asks, and this node wants to refuse: the number is being cancelled in the map first,
   * so that it is certain that no other node executes it, and if that comes out as cancelled, this
   * is the reason to tell.
   */
  void expectRefusal(long sessionId, long sequence, RefusalReason reason) {
    asked(sessionId, sequence).insteadOfCancelled = reason;
  }

  private Asked asked(long sessionId, long sequence) {
    return sessions
        .computeIfAbsent(sessionId, _ -> new HashMap<>())
        .computeIfAbsent(sequence, _ -> new Asked());
  }

  boolean isExpected(long sessionId, long sequence) {
    Map<Long, Asked> asked = sessions.get(sessionId);
    return asked != null && asked.containsKey(sequence);
  }

  /** How many numbers of a session have no final answer. */
  int count(long sessionId) {
    Map<Long, Asked> asked = sessions.get(sessionId);
    return asked == null ? 0 : asked.size();
  }

  /**
   * An answer was decided. Returns what to tell the client, or null if nobody here wants to know.
   *
   * @param answer any answer to the number, from the map
   */
  @Nullable Answer onAnswer(long sessionId, long sequence, Answer answer) {
    Map<Long, Asked> asked = sessions.get(sessionId);
    Asked entry = asked == null ? null : asked.get(sequence);
    if (asked == null || entry == null) {
      return null;
    }
    if (answer.getResultCase() == Answer.ResultCase.QUEUED) {
      boolean known = entry.toldQueued;
      entry.toldQueued = true;
      return known ? null : answer;
    }
    asked.remove(sequence);
    if (asked.isEmpty()) {
      sessions.remove(sessionId);
    }
    return entry.cancelAsked ? answer : withReason(answer, entry.insteadOfCancelled);
  }

  /**
   * What was cancelled without the client's asking was cancelled by a node, perhaps another one
   * than this, that had no room for it.
   */
  private static Answer withReason(Answer answer, RefusalReason reason) {
    return answer.getRefused().getReason() == RefusalReason.CANCELLED
        ? answer.toBuilder()
            .setRefused(
                answer.getRefused().toBuilder()
                    .setReason(reason)
                    .setDetail(RefusalDetail.of(reason)))
            .build()
        : answer;
  }

  /** The numbers of a session that have no final answer, ascending. */
  List<Long> of(long sessionId) {
    Map<Long, Asked> asked = sessions.get(sessionId);
    return asked == null ? List.of() : new ArrayList<>(new TreeMap<>(asked).keySet());
  }

  /** The session's connection is gone: whoever takes its place asks again. */
  void forget(long sessionId) {
    sessions.remove(sessionId);
  }

  int total() {
    int total = 0;
    for (Map<Long, Asked> asked : sessions.values()) {
      total += asked.size();
    }
    return total;
  }
}
