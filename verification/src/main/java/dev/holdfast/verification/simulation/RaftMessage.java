package dev.holdfast.verification.simulation;

import java.util.List;

/** What the simulated logs of two nodes say to each other. */
sealed interface RaftMessage {
  long term();

  int from();

  /** Entries after a known one; none is a heartbeat. {@code round} comes back with the reply. */
  record Append(
      long term,
      int from,
      long previousIndex,
      long previousTerm,
      List<RaftRecord> records,
      long commit,
      long round)
      implements RaftMessage {}

  /** {@code index} is durably equal to the leader's up to there, or where to try again. */
  record AppendReply(long term, int from, boolean accepted, long index, long round)
      implements RaftMessage {}

  /** Votes for me. */
  record Vote(long term, int from, long lastIndex, long lastTerm) implements RaftMessage {}

  /** The answer. */
  record VoteReply(long term, int from, boolean granted) implements RaftMessage {}

  /** Instead of entries that are not kept any more. */
  record Install(long term, int from, RaftSnapshot snapshot, long round) implements RaftMessage {}

  /** How far must one have applied for a linearizable read? */
  record ReadQuestion(long term, int from, long id) implements RaftMessage {}

  /** So far; -1 for "not known". */
  record ReadReply(long term, int from, long id, long index) implements RaftMessage {}
}
