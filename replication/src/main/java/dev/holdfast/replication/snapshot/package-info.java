/** Snapshot files: written with a checksum, verified before anything is believed. */
@NullMarked
package dev.holdfast.replication.snapshot;

import org.jspecify.annotations.NullMarked;
