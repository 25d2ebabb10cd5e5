package dev.holdfast.server.ownership;

import dev.holdfast.core.Event;
import dev.holdfast.history.chain.ChainHead;
import dev.holdfast.history.chain.ChainWriter;
import dev.holdfast.protocol.v1.OwnershipGap;
import dev.holdfast.protocol.v1.OwnershipRecord;
import java.io.IOException;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Decides what goes into the chain: skips what a restart applies again, and puts a gap where steps
 * are missing. For one thread.
 *
 * <p>A step may have several records (a session that ends gives back all that it had), and a crash
 * may come in their midst. So of the last step in the file it is counted how many records are
 * there, and a replay, which makes the same ones in the same order, skips so many.
 */
final class RecordSink implements RecordVisitor {
  private final LongFunction<String> labels;

  /** The last step that has a record. */
  private long lastRevision;

  /** How many records of that step there are. */
  private long recordsOfLast;

  /** How many records of that step have come by in this run. */
  private long seenOfLast;

  /** Everything up to here is in the file, or in a gap. */
  private long covered;

  /** Up to where the file says last that everything is in it. */
  private long lastReached;

  RecordSink(LongFunction<String> labels) {
    this.labels = labels;
  }

  long covered() {
    return covered;
  }

  @Override
  public void head(ChainHead head) {}

  /** A record that is in the file when it is opened. */
  @Override
  public void record(OwnershipRecord record) {
    switch (record.getPartCase()) {
      case TAKEN, CHANGED, ENDED -> {
        recordsOfLast = record.getRevision() == lastRevision ? recordsOfLast + 1 : 1;
        lastRevision = record.getRevision();
        // The rest of the step may be missing.
        covered = Math.max(covered, lastRevision - 1);
      }
      case GAP -> covered = Math.max(covered, record.getRevision());
      case REACHED -> {
        covered = Math.max(covered, record.getRevision());
        lastReached = record.getRevision();
      }
      case PART_NOT_SET -> {}
    }
  }

  /** An entry was applied. */
  void applied(
      ChainWriter chain, List<Event> events, long revision, long clockMillis, long wallMillis)
      throws IOException {
    OwnershipRecord last = null;
    for (Event event : events) {
      if (!OwnershipRecords.isRecorded(event) || isThere(event.revision())) {
        continue;
      }
      last = OwnershipRecords.of(event, clockMillis, wallMillis, labels);
      if (last != null) {
        chain.append(last.toByteArray(), last.getRevision());
      }
    }
    covered = Math.max(covered, revision);
    if (last != null) {
      chain.maybeRoll(revision);
    }
  }

  private boolean isThere(long revision) {
    if (revision == lastRevision && revision > covered && seenOfLast < recordsOfLast) {
      seenOfLast++;
      return true;
    }
    return revision <= covered;
  }

  /** The node goes on behind a revision, and what it skipped is in no file. */
  void skipped(ChainWriter chain, long to, OwnershipGap.Why why, long clockMillis, long wallMillis)
      throws IOException {
    if (to > covered) {
      chain.append(
          OwnershipRecords.gap(covered + 1, to, why, clockMillis, wallMillis).toByteArray(),
          covered + 1);
      covered = to;
    }
  }

  /** All up to a revision has come by: says so in the file, if nothing else does. */
  void reached(ChainWriter chain, long revision, long clockMillis, long wallMillis)
      throws IOException {
    if (revision > lastReached) {
      lastReached = revision;
      chain.append(
          OwnershipRecords.reached(revision, clockMillis, wallMillis).toByteArray(),
          Math.min(revision, covered + 1));
      covered = Math.max(covered, revision);
    }
  }
}
