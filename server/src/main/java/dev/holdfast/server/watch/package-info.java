/**
 * Who watches what happens to locks, and what they are told: a single-threaded state machine, fed
 * with the events of applied entries. How it works is in docs/design/watches.md.
 */
@NullMarked
package dev.holdfast.server.watch;

import org.jspecify.annotations.NullMarked;
