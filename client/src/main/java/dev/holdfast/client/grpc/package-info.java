/** The session's streams over gRPC: sockets and the event loop, and nothing that decides. */
@NullMarked
package dev.holdfast.client.grpc;

import org.jspecify.annotations.NullMarked;
