package dev.holdfast.server.ownership;

import dev.holdfast.protocol.v1.OwnershipGap;
import java.util.ArrayList;
import java.util.List;

/**
 * What an answer about some revisions may lack.
 *
 * @param missing in a sentence; empty if nothing
 * @param gaps that have to do with it
 */
record Knowledge(String missing, List<OwnershipGap> gaps) {
  static Knowledge of(Spans spans, long from, long to) {
    List<OwnershipGap> touching = new ArrayList<>();
    OwnershipGap later = null;
    for (OwnershipGap gap : spans.gaps()) {
      if (gap.getFromRevision() <= to && gap.getToRevision() >= from) {
        touching.add(gap);
      } else if (gap.getFromRevision() > to && later == null) {
        later = gap;
      }
    }
    long known = spans.stretches().isEmpty() ? 1 : spans.stretches().get(0).from();
    if (to > spans.last()) {
      return new Knowledge(
          "this node has not applied revision "
              + to
              + " yet; it is at "
              + spans.last()
              + ": ask again, or another node",
          touching);
    }
    if (!touching.isEmpty()) {
      OwnershipGap gap = touching.get(0);
      return new Knowledge(
          "this node's history says nothing of the revisions "
              + gap.getFromRevision()
              + " to "
              + gap.getToRevision()
              + " ("
              + reason(gap)
              + "); another node may have them",
          touching);
    }
    if (from < known && from > 0) {
      return new Knowledge(
          "this node's history begins at revision "
              + known
              + ": who began and ended before is not told; another node may have it",
          touching);
    }
    if (later != null && beginsBehindWhatIsMissing(spans, from)) {
      touching.add(later);
      return new Knowledge(
          "whoever held it since before this node's history began and let go in the revisions "
              + later.getFromRevision()
              + " to "
              + later.getToRevision()
              + ", of which nothing is told, is missing; another node may have it",
          touching);
    }
    if (spans.mayBeHeldUnseen(from, to)) {
      return new Knowledge(
          "somebody who held it before is not known to have let go by then: the end is in one of"
              + " several gaps; another node may have it",
          touching);
    }
    return new Knowledge("", touching);
  }

  /** Whether grants may have been there whose beginning is in no file. */
  private static boolean beginsBehindWhatIsMissing(Spans spans, long revision) {
    for (Spans.Stretch stretch : spans.stretches()) {
      if (stretch.from() <= revision && revision <= stretch.to()) {
        return stretch.from() > 1;
      }
    }
    return true;
  }

  private static String reason(OwnershipGap gap) {
    return switch (gap.getWhy()) {
      case SNAPSHOT_LOADED -> "it loaded a snapshot and skipped them";
      case RECORDER_BEHIND -> "its disk could not keep up";
      case WHY_UNSPECIFIED, UNRECOGNIZED -> "it does not say why";
    };
  }
}
