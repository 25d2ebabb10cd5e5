/** The rules of Holdfast as a function of its input: no clock, no threads, no IO, no randomness. */
@NullMarked
package dev.holdfast.core;

import org.jspecify.annotations.NullMarked;
