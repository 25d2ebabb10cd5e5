/** Whole nodes in this process, driven over real sockets on the loopback interface. */
@NullMarked
package dev.holdfast.server;

import org.jspecify.annotations.NullMarked;
