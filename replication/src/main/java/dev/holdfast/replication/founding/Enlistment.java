package dev.holdfast.replication.founding;

import dev.holdfast.replication.disk.FoundingRecord;
import org.jspecify.annotations.Nullable;

/**
 * A leader's order to a node with an empty disk: start as a voter of this incarnation, with an
 * empty log and no members; the leader will tell the rest.
 */
record Enlistment(int incarnation, @Nullable FoundingRecord founding) {}
