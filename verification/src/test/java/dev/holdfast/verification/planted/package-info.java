/**
 * Bugs that are planted into the product, to see that the simulation finds them. They exist as text
 * only: each is a change of the sources, compiled here and loaded beside the real product, so no
 * build of the product can contain one.
 */
@NullMarked
package dev.holdfast.verification.planted;

import org.jspecify.annotations.NullMarked;
