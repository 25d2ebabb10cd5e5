package dev.holdfast.server.door;

import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;

/**
 * Where a door is: the node behind it.
 *
 * @param node which one
 * @param place its place in the configuration's list of nodes, from 0 on; behind all of them for a
 *     node that is not in it
 * @param address where to listen
 * @param clients how requests get into the cluster
 * @param stopNode ends the node as SIGTERM does; returns at once
 */
public record DoorSite(
    NodeId node, int place, PeerAddress address, DoorClients clients, Runnable stopNode) {}
