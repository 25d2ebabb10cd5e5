package dev.holdfast.client;

/**
 * Where a node lets clients in.
 *
 * @param name of the door; {@code grpc} for that of Holdfast's own clients
 * @param address it listens at, host:port
 * @param connectionsOpen at present
 * @param connections since the node started
 * @param requests since the node started: each message of a client, so a frame of a session too
 */
public record DoorStatus(
    String name, String address, long connectionsOpen, long connections, long requests) {}
