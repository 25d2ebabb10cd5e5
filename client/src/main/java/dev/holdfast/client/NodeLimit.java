package dev.holdfast.client;

/**
 * A bound that a node works with.
 *
 * @param name the key of the node's configuration that sets it, or the name of a fixed one
 * @param value how much
 * @param unit {@code bytes}, {@code ms}, or empty for a count
 * @param fixed whether it is the same on every node and cannot be set
 */
public record NodeLimit(String name, long value, String unit, boolean fixed) {}
