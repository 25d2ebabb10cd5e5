/**
 * The replicated log, seen without its engine: propose, apply in order, read, snapshot, change
 * members.
 */
@NullMarked
package dev.holdfast.replication;

import org.jspecify.annotations.NullMarked;
