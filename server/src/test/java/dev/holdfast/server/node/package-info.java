/** The deciding part of a node, with a clock to turn, a log to break and clients that misbehave. */
@NullMarked
package dev.holdfast.server.node;

import org.jspecify.annotations.NullMarked;
