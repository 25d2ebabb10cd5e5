/** How much goes through the doors. */
@NullMarked
package dev.holdfast.server.door.traffic;

import org.jspecify.annotations.NullMarked;
