package dev.holdfast.replication.jraft;

import dev.holdfast.replication.peer.Links;

/**
 * What the engine's client of a node works on.
 *
 * @param links the streams to the other nodes
 * @param appends watches what is sent to them
 */
record EngineChannel(Links links, AppendTraffic appends) {}
