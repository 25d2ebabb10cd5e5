/** Histories in files: one JSON object a line, written beside the work and read in one go. */
@NullMarked
package dev.holdfast.history.file;

import org.jspecify.annotations.NullMarked;
