/** What the doors of wires straight on TCP have in common. */
@NullMarked
package dev.holdfast.server.door.tcp;

import org.jspecify.annotations.NullMarked;
