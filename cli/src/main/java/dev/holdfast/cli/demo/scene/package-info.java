/** Demonstrations of one thing each. */
@NullMarked
package dev.holdfast.cli.demo.scene;

import org.jspecify.annotations.NullMarked;
