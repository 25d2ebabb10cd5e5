package dev.holdfast.cli.command;

import dev.holdfast.client.PastOwners;
import dev.holdfast.protocol.v1.OwnershipGap;
import dev.holdfast.protocol.v1.OwnershipRecord;
import java.util.ArrayList;
import java.util.List;

/** Which revisions the records of an ownership history are about. */
final class HistoryContents {
  private final List<PastOwners.Gap> gaps = new ArrayList<>();
  private long fromRevision;
  private long toRevision;

  void add(OwnershipRecord record) {
    if (record.hasGap()) {
      OwnershipGap gap = record.getGap();
      gaps.add(new PastOwners.Gap(gap.getFromRevision(), gap.getToRevision(), gap.getWhy().name()));
    }
    fromRevision = fromRevision == 0 ? record.getRevision() : fromRevision;
    toRevision = Math.max(toRevision, record.getRevision());
  }

  /** The first revision that is told of; 0 if none is. */
  long fromRevision() {
    return fromRevision;
  }

  long toRevision() {
    return toRevision;
  }

  List<PastOwners.Gap> gaps() {
    return gaps;
  }
}
