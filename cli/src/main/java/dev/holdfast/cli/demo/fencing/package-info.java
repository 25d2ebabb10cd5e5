/** The demonstration of a holder that was paused for longer than its lease, before every gate. */
@NullMarked
package dev.holdfast.cli.demo.fencing;

import org.jspecify.annotations.NullMarked;
