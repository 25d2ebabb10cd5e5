/**
 * Running a command while a lock is held: the child process, the signals, and what happens when the
 * lock goes.
 */
@NullMarked
package dev.holdfast.cli.child;

import org.jspecify.annotations.NullMarked;
