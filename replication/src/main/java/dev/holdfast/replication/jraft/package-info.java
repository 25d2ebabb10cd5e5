/** The replicated log on SOFAJRaft; the only package that sees the engine. */
@NullMarked
package dev.holdfast.replication.jraft;

import org.jspecify.annotations.NullMarked;
