/**
 * What every command says and how: exit codes, failures, tables, JSON, durations and the screen
 * they go to.
 */
@NullMarked
package dev.holdfast.cli.terminal;

import org.jspecify.annotations.NullMarked;
