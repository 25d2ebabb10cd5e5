/** The plain map of names and owners, which several old wires speak about. */
@NullMarked
package dev.holdfast.server.door.plain;

import org.jspecify.annotations.NullMarked;
