/**
 * A chain of hashed records in files: whoever reads it notices any byte that was changed. What the
 * records say is not its business.
 */
@NullMarked
package dev.holdfast.history.chain;

import org.jspecify.annotations.NullMarked;
