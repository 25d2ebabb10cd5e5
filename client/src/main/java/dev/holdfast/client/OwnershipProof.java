package dev.holdfast.client;

import java.util.List;

/**
 * Whether a node's ownership history is what was written.
 *
 * @param nodeId which node
 * @param whole false if it is damaged
 * @param records how many records it has
 * @param firstRecord the number of the first one; greater than 1 if older ones were dropped
 * @param lastHash SHA-256 of the chain with the last record, in hexadecimal digits; empty if it is
 *     damaged
 * @param problem file, offset and record of the damage; empty if it is whole
 * @param knownFromRevision the first revision that it has; 0 if it has none
 * @param knownToRevision the last one
 * @param gaps revisions in between of which it says nothing
 */
public record OwnershipProof(
    String nodeId,
    boolean whole,
    long records,
    long firstRecord,
    String lastHash,
    String problem,
    long knownFromRevision,
    long knownToRevision,
    List<PastOwners.Gap> gaps) {
  /** Copies the list. */
  public OwnershipProof {
    gaps = List.copyOf(gaps);
  }
}
