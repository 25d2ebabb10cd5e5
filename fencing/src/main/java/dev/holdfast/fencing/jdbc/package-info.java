/**
 * Fencing inside a database: the highest token is compared and raised by a statement of the very
 * transaction that writes under it.
 */
@NullMarked
package dev.holdfast.fencing.jdbc;

import org.jspecify.annotations.NullMarked;
