/** Tests of the rules: scripts with golden output, and what scripts cannot say. */
@NullMarked
package dev.holdfast.core;

import org.jspecify.annotations.NullMarked;
