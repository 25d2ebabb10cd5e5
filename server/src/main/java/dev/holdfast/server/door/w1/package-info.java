/** The wire of the map with a switch: one JSON object a connection, answered by a bare word. */
@NullMarked
package dev.holdfast.server.door.w1;

import org.jspecify.annotations.NullMarked;
