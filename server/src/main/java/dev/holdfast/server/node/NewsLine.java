package dev.holdfast.server.node;

import java.util.LinkedHashSet;
import java.util.Set;

/** The line at one lock, as far as somebody in it wants news. */
final class NewsLine {
  final String lock;
  final Set<NewsWish> wishes = new LinkedHashSet<>();
  final TurnTimes turns = new TurnTimes();

  /** How many who had waited were served in the entry at hand. */
  int servedInEntry;

  private final QueueNewsLimits limits;
  private boolean nearChanged;
  private boolean farChanged;
  private int looksLeft;
  private long refilledNanos;
  private long farNextNanos;

  NewsLine(String lock, QueueNewsLimits limits, long nowNanos) {
    this.lock = lock;
    this.limits = limits;
    this.looksLeft = limits.burst();
    this.refilledNanos = nowNanos;
    this.farNextNanos = nowNanos;
  }

  void changed() {
    nearChanged = true;
    farChanged = true;
  }

  boolean isChanged() {
    return nearChanged || farChanged;
  }

  /** How far the line is to be looked at now; 0 if it is not yet time. */
  int placesDue(long nowNanos) {
    if (farChanged && nowNanos - farNextNanos >= 0) {
      return limits.far();
    }
    return nearChanged && nanosUntilNear(nowNanos) <= 0 ? limits.near() : 0;
  }

  /** It was looked at so far, and everybody there was told. */
  void looked(int places, long nowNanos) {
    nearChanged = false;
    if (places >= limits.far()) {
      farChanged = false;
      farNextNanos = nowNanos + limits.farNanos();
    } else {
      looksLeft--;
    }
  }

  private long nanosUntilNear(long nowNanos) {
    long refills = (nowNanos - refilledNanos) / limits.pauseNanos();
    if (refills > 0) {
      looksLeft = (int) Math.min(limits.burst(), looksLeft + refills);
      refilledNanos += refills * limits.pauseNanos();
    }
    return looksLeft > 0 ? 0 : refilledNanos + limits.pauseNanos() - nowNanos;
  }

  long nanosUntilDue(long nowNanos) {
    long due = Long.MAX_VALUE;
    if (nearChanged) {
      due = Math.max(0, nanosUntilNear(nowNanos));
    }
    return farChanged ? Math.min(due, Math.max(0, farNextNanos - nowNanos)) : due;
  }
}
