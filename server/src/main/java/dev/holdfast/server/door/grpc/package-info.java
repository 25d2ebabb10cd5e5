/** The door of Holdfast's own clients: gRPC. */
@NullMarked
package dev.holdfast.server.door.grpc;

import org.jspecify.annotations.NullMarked;
