/**
 * The checker: proves the guarantees of a recorded run, or names the lines that break one. It knows
 * nothing but the lines, and shares no code with what it checks.
 */
@NullMarked
package dev.holdfast.history.check;

import org.jspecify.annotations.NullMarked;
