/**
 * The shared ledger that the demo's clients write: a file of bookings, and a check that finds every
 * way to spoil it.
 */
@NullMarked
package dev.holdfast.cli.ledger;

import org.jspecify.annotations.NullMarked;
