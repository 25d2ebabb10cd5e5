/** Checks of Holdfast as a whole, which share no code with what they check. */
@NullMarked
package dev.holdfast.verification;

import org.jspecify.annotations.NullMarked;
