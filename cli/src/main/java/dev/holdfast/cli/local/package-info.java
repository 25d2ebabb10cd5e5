/**
 * A cluster of node processes on this machine, with data folders of their own, for demos and
 * benchmarks.
 */
@NullMarked
package dev.holdfast.cli.local;

import org.jspecify.annotations.NullMarked;
