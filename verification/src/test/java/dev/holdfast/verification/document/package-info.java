/** Whether the documents say what is. */
@NullMarked
package dev.holdfast.verification.document;

import org.jspecify.annotations.NullMarked;
