/**
 * The peer port: ordered streams between nodes over gRPC, for the engine's requests and for the
 * server's messages. Knows no engine.
 */
@NullMarked
package dev.holdfast.replication.peer;

import org.jspecify.annotations.NullMarked;
