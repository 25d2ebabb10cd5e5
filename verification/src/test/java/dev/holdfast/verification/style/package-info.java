/** Style that matters, as a test: sizes, and what must not be in a source file. */
@NullMarked
package dev.holdfast.verification.style;

import org.jspecify.annotations.NullMarked;
