/**
 * The load generator: closed-loop workloads, windows, medians with their spread, and what a pair
 * costs.
 */
@NullMarked
package dev.holdfast.cli.bench;

import org.jspecify.annotations.NullMarked;
