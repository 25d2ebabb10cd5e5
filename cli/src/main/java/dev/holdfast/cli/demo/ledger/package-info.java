/** The demonstration of everything at once: writers, a shared ledger, and what may go wrong. */
@NullMarked
package dev.holdfast.cli.demo.ledger;

import org.jspecify.annotations.NullMarked;
