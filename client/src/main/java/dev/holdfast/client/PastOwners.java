package dev.holdfast.client;

import java.util.List;

/**
 * Who held a lock in the past, by the record of one node.
 *
 * @param nodeId which node told
 * @param owners the latest first
 * @param more whether there were more than asked for
 * @param fromRevision the first step that was looked at
 * @param toRevision the last one; equal for one point
 * @param complete false if owners may be missing
 * @param missing what is missing and why; empty if nothing is
 * @param gaps stretches of revisions that the record says nothing of, as far as they matter here
 * @param knownFromRevision the first revision that the node's record has; 0 if it has none
 * @param knownToRevision the last one
 * @param otherEndpoints where other nodes answer; they may have what is missing
 */
public record PastOwners(
    String nodeId,
    List<PastOwner> owners,
    boolean more,
    long fromRevision,
    long toRevision,
    boolean complete,
    String missing,
    List<Gap> gaps,
    long knownFromRevision,
    long knownToRevision,
    List<String> otherEndpoints) {
  /** Copies the lists. */
  public PastOwners {
    owners = List.copyOf(owners);
    gaps = List.copyOf(gaps);
    otherEndpoints = List.copyOf(otherEndpoints);
  }

  /**
   * Revisions of which a record says nothing.
   *
   * @param fromRevision the first one
   * @param toRevision the last one
   * @param why {@code SNAPSHOT_LOADED} or {@code RECORDER_BEHIND}
   */
  public record Gap(long fromRevision, long toRevision, String why) {}
}
