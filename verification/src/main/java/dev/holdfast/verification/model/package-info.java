/**
 * A second, slow and obvious telling of what a lock means: plain lists, everything recomputed from
 * scratch at every step, straight from the page on semantics. Nothing of {@code core} is used here,
 * so that a mistake would have to be made twice to go unseen; only the messages of {@code protocol}
 * are shared.
 */
@NullMarked
package dev.holdfast.verification.model;

import org.jspecify.annotations.NullMarked;
