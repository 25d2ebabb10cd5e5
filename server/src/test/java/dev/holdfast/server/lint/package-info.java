/** Tests of the reader of lock orders. */
@NullMarked
package dev.holdfast.server.lint;

import org.jspecify.annotations.NullMarked;
