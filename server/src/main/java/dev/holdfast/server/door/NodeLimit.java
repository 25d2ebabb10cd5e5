package dev.holdfast.server.door;

import dev.holdfast.core.FixedLimit;

/**
 * A bound that a node works with.
 *
 * @param name the key of the configuration that sets it, or the name of a fixed one
 * @param fixed whether it is the same on every node and cannot be set
 */
public record NodeLimit(String name, long value, FixedLimit.Unit unit, boolean fixed) {}
