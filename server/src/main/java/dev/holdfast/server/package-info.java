/** A node: what stands between the wires and the replicated log. */
@NullMarked
package dev.holdfast.server;

import org.jspecify.annotations.NullMarked;
