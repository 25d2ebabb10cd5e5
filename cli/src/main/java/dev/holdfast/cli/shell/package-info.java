/**
 * The interactive shell: lines from a terminal or a pipe, run one by one under one session that
 * holds what they lock.
 */
@NullMarked
package dev.holdfast.cli.shell;

import org.jspecify.annotations.NullMarked;
