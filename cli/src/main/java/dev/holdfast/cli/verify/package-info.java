/** The checker of recorded runs, as a command. */
@NullMarked
package dev.holdfast.cli.verify;

import org.jspecify.annotations.NullMarked;
