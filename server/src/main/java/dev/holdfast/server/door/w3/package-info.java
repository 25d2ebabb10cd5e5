/** The wire of the lock manager with leases and tokens: gRPC, one lock for all. */
@NullMarked
package dev.holdfast.server.door.w3;

import org.jspecify.annotations.NullMarked;
