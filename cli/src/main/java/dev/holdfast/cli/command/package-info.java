/** The commands that ask and tell the cluster something: one class each, all alike. */
@NullMarked
package dev.holdfast.cli.command;

import org.jspecify.annotations.NullMarked;
