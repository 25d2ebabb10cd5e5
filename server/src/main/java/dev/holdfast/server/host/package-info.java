/**
 * The thin shells around {@link dev.holdfast.server.node}: the thread that drives a node, the host
 * of its map, and what the doors use to reach both.
 */
@NullMarked
package dev.holdfast.server.host;

import org.jspecify.annotations.NullMarked;
