/**
 * What a node decides: single-threaded state machines, driven by one thread (or by a simulator). No
 * thread, socket, file or clock is used in here; all of them are handed in as interfaces.
 */
@NullMarked
package dev.holdfast.server.node;

import org.jspecify.annotations.NullMarked;
