package dev.holdfast.client;

import org.jspecify.annotations.Nullable;

/**
 * Told what a watch learns, one call after the other, on a thread of that watch alone ({@code
 * holdfast-watch-<n>}, a daemon that is there only while there is something to tell). It may block:
 * that delays nothing but this watch. The next events are read when it has returned, so one that is
 * slow for long is told {@link #resync} instead of filling the memory. What it throws is logged,
 * and the watch goes on.
 */
public interface WatchListener {
  /**
   * Something happened. Every event is told once, in the order of revisions; several may have the
   * same one.
   *
   * @param event what
   */
  void happened(LockEvent event);

  /**
   * Events may have been missed: this listener was slow, the watch was away for too long, or it
   * began at a revision that no node remembers. Look at the present state ({@link Holdfast#check}
   * and the like); what comes after this revision follows, so events up to the revision of that
   * look ({@code ReadInfo.revision()}) are in it already.
   *
   * @param revision of the cluster
   */
  void resync(long revision);

  /**
   * A node has taken the watch in; said once, first.
   *
   * @param revision what happens after it is told
   */
  default void started(long revision) {}

  /**
   * The watch has lost its node, or was sent away by it, and goes on at another one by itself from
   * where it was. Said again for every node that cannot be reached.
   *
   * @param why for a person
   */
  default void disturbed(String why) {}

  /**
   * The watch is over; nothing follows.
   *
   * @param problem why nodes refuse it for good; null if it was closed
   */
  default void ended(@Nullable HoldfastException problem) {}
}
