/**
 * One watch's life as a single-threaded state machine, and what drives it. For users there is
 * nothing in here: they have {@code dev.holdfast.client.Watch}. The rest is for that and for
 * simulators.
 */
@NullMarked
package dev.holdfast.client.watch;

import org.jspecify.annotations.NullMarked;
