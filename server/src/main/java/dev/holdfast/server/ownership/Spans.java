package dev.holdfast.server.ownership;

import dev.holdfast.history.chain.ChainHead;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.OwnershipChanged;
import dev.holdfast.protocol.v1.OwnershipEnded;
import dev.holdfast.protocol.v1.OwnershipGap;
import dev.holdfast.protocol.v1.OwnershipPoint;
import dev.holdfast.protocol.v1.OwnershipRecord;
import dev.holdfast.protocol.v1.OwnershipSpan;
import dev.holdfast.protocol.v1.OwnershipTaken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stretches in which one lock was held, and what the record covers, gathered from all records
 * in order. For one thread.
 */
final class Spans implements RecordVisitor {
  static final String HELD = "HELD";
  static final String UNKNOWN = "UNKNOWN";

  /** Steps of which the file tells everything, both ends included. */
  record Stretch(long from, long to) {}

  /** A time of day and the first and last revision that the file has for it. */
  private static final class Clock {
    final long wallMillis;
    long lastAtOrBefore = -1;
    long firstAfter = -1;

    Clock(long wallMillis) {
      this.wallMillis = wallMillis;
    }

    void see(OwnershipRecord record) {
      if (record.getWallMillis() <= wallMillis) {
        lastAtOrBefore = record.getRevision();
        firstAfter = -1;
      } else if (firstAfter < 0) {
        firstAfter = record.hasGap() ? record.getGap().getFromRevision() : record.getRevision();
      }
    }
  }

  private final String lock;
  private final Map<Long, OwnershipSpan.Builder> open = new LinkedHashMap<>();
  private final List<OwnershipSpan.Builder> over = new ArrayList<>();
  private final List<OwnershipGap> gaps = new ArrayList<>();
  private final List<Stretch> stretches = new ArrayList<>();
  private final List<Clock> clocks = new ArrayList<>();
  private long stretchFrom = 1;
  private long last;
  private boolean begun;
  private boolean wholeChain;

  Spans(String lock) {
    this.lock = lock;
  }

  /** Asks for a time of day, before the reading. Returns what to hand to {@link #revisionAt}. */
  int watchFor(OwnershipPoint point) {
    clocks.add(new Clock(point.getWallMillis()));
    return clocks.size() - 1;
  }

  @Override
  public void head(ChainHead head) {
    if (!begun) {
      begun = true;
      // A file that is not the first of its chain begins behind what was dropped.
      wholeChain = head.before().number() == 0;
      stretchFrom = wholeChain ? 1 : head.position() + 1;
      last = stretchFrom - 1;
    }
  }

  @Override
  public void record(OwnershipRecord record) {
    clocks.forEach(clock -> clock.see(record));
    switch (record.getPartCase()) {
      case TAKEN -> taken(record, record.getTaken());
      case CHANGED -> changed(record, record.getChanged());
      case ENDED -> ended(record, record.getEnded());
      case GAP -> gap(record.getGap());
      case REACHED, PART_NOT_SET -> {}
    }
    last = Math.max(last, record.getRevision());
  }

  private void gap(OwnershipGap gap) {
    gaps.add(gap);
    if (gap.getFromRevision() > stretchFrom) {
      stretches.add(new Stretch(stretchFrom, gap.getFromRevision() - 1));
    }
    stretchFrom = gap.getToRevision() + 1;
  }

  private @Nullable Demand demandIn(List<Demand> demands) {
    for (Demand demand : demands) {
      if (demand.getLock().equals(lock)) {
        return demand;
      }
    }
    return null;
  }

  private void taken(OwnershipRecord record, OwnershipTaken taken) {
    Demand demand = demandIn(taken.getDemandsList());
    if (demand != null) {
      open.put(
          record.getRevision(),
          span(taken.getSessionId(), taken.getOwner(), taken.getLabel(), demand)
              .setToken(record.getRevision())
              .setFromRevision(record.getRevision())
              .setFromClockMillis(record.getClockMillis())
              .setFromWallMillis(record.getWallMillis()));
    }
  }

  private static OwnershipSpan.Builder span(
      long session, String owner, String label, Demand demand) {
    return OwnershipSpan.newBuilder()
        .setSessionId(session)
        .setOwner(owner)
        .setLabel(label)
        .setDemand(demand);
  }

  private void changed(OwnershipRecord record, OwnershipChanged changed) {
    Demand before = demandIn(changed.getBeforeList());
    Demand after = demandIn(changed.getDemandsList());
    if (before == null || before.equals(after)) {
      return;
    }
    OwnershipSpan.Builder span = open.remove(changed.getToken());
    if (span == null) {
      span =
          span(changed.getSessionId(), changed.getOwner(), changed.getLabel(), before)
              .setToken(changed.getToken())
              .setFromRevision(changed.getToken());
    }
    end(span, record, "CONVERTED");
    if (after != null) {
      open.put(
          changed.getToken(),
          span(changed.getSessionId(), changed.getOwner(), changed.getLabel(), after)
              .setToken(changed.getToken())
              .setFromRevision(record.getRevision())
              .setFromClockMillis(record.getClockMillis())
              .setFromWallMillis(record.getWallMillis()));
    }
  }

  private void ended(OwnershipRecord record, OwnershipEnded ended) {
    OwnershipSpan.Builder span = open.remove(ended.getToken());
    Demand demand = demandIn(ended.getDemandsList());
    if (span == null && demand != null) {
      span =
          span(ended.getSessionId(), ended.getOwner(), ended.getLabel(), demand)
              .setToken(ended.getToken())
              .setFromRevision(ended.getToken());
    }
    if (span != null) {
      span.setOperator(ended.getOperator()).setReason(ended.getReason());
      end(span, record, ended.getEnd());
    }
  }

  private void end(OwnershipSpan.Builder span, OwnershipRecord record, String end) {
    span.setUntilRevision(record.getRevision())
        .setUntilClockMillis(record.getClockMillis())
        .setUntilWallMillis(record.getWallMillis())
        .setEnd(end);
    over.add(span);
  }

  /**
   * Nothing more comes.
   *
   * @param appliedRevision what this node had applied when all of it was in the file
   * @param holders who holds the lock by the present map, which may be older than that
   */
  void finish(long appliedRevision, List<OwnershipSpan> holders) {
    last = Math.max(last, appliedRevision);
    if (last >= stretchFrom) {
      stretches.add(new Stretch(stretchFrom, last));
    }
    for (OwnershipSpan holder : holders) {
      boolean ended = over.stream().anyMatch(span -> isEndOf(span, holder.getToken()));
      if (!open.containsKey(holder.getToken()) && !ended) {
        open.put(holder.getToken(), holder.toBuilder());
      }
    }
    for (OwnershipSpan.Builder span : open.values()) {
      boolean holds = holders.stream().anyMatch(holder -> holder.getToken() == span.getToken());
      OwnershipGap gap = holds ? null : firstGapBehind(span.getFromRevision());
      over.add(gap == null ? span.setEnd(HELD) : unknown(span, gap));
    }
    open.clear();
  }

  /** It ended in a gap; in the first one behind its beginning, or in a later one. */
  private static OwnershipSpan.Builder unknown(OwnershipSpan.Builder span, OwnershipGap gap) {
    return span.setEnd(UNKNOWN).setUntilRevision(gap.getFromRevision());
  }

  private @Nullable OwnershipGap firstGapBehind(long revision) {
    for (OwnershipGap gap : gaps) {
      if (gap.getFromRevision() > revision) {
        return gap;
      }
    }
    return null;
  }

  /**
   * Whether somebody may have held it at a revision who ended in a later gap, or an earlier one.
   */
  boolean mayBeHeldUnseen(long from, long to) {
    long lastGapFrom = gaps.isEmpty() ? 0 : gaps.get(gaps.size() - 1).getFromRevision();
    return over.stream()
        .anyMatch(
            span ->
                span.getEnd().equals(UNKNOWN)
                    && span.getUntilRevision() <= to
                    && from < lastGapFrom
                    && span.getUntilRevision() < lastGapFrom);
  }

  private static boolean isEndOf(OwnershipSpan.Builder span, long token) {
    return span.getToken() == token;
  }

  List<OwnershipSpan.Builder> spans() {
    return over;
  }

  List<OwnershipGap> gaps() {
    return gaps;
  }

  List<Stretch> stretches() {
    return stretches;
  }

  /** The last revision that this node knows of. */
  long last() {
    return last;
  }

  /**
   * The last step that the file has of a time of day. If the time is in a gap, its first step; 0 if
   * it is before all that the file has.
   */
  long revisionAt(int watched) {
    Clock clock = clocks.get(watched);
    if (clock.firstAfter < 0) {
      return last;
    }
    boolean inGap = gaps.stream().anyMatch(gap -> gap.getFromRevision() == clock.firstAfter);
    if (inGap) {
      return clock.firstAfter;
    }
    if (clock.lastAtOrBefore >= 0) {
      return clock.lastAtOrBefore;
    }
    return wholeChain ? clock.firstAfter - 1 : 0;
  }
}
