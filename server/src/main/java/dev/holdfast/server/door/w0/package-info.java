/** The wire of the replicated map: preempt, release and check as JSON objects on one connection. */
@NullMarked
package dev.holdfast.server.door.w0;

import org.jspecify.annotations.NullMarked;
