/**
 * The product as its users meet it: real node processes on loopback with real data folders, killed,
 * paused, wiped and brought back, and real clients in this and in other processes.
 */
@NullMarked
package dev.holdfast.verification.system;

import org.jspecify.annotations.NullMarked;
