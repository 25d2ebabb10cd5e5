/**
 * What is recorded of a run: the lines of a history, as clients and nodes write them and as {@link
 * dev.holdfast.history.check.HistoryChecker} reads them. {@code docs/design/history.md} says what
 * each field means and what is proved from it.
 *
 * <p>Nothing in here is shared with what is checked: names, modes and the rules between them are
 * written down a second time on purpose.
 */
@NullMarked
package dev.holdfast.history;

import org.jspecify.annotations.NullMarked;
