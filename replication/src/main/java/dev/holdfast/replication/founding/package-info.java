/**
 * How a cluster begins, and how a node with an empty disk finds out whether it may vote.
 * docs/design/replication.md has the reasoning.
 */
@NullMarked
package dev.holdfast.replication.founding;

import org.jspecify.annotations.NullMarked;
