/**
 * A cluster that fits into a test: one map in memory, instantly on every node, and a network that
 * can fail.
 */
@NullMarked
package dev.holdfast.client.fake;

import org.jspecify.annotations.NullMarked;
