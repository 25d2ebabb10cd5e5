/** What a node tells to those who collect figures, as Prometheus wants it. */
@NullMarked
package dev.holdfast.server.metrics;

import org.jspecify.annotations.NullMarked;
