@NullMarked
package dev.holdfast.history.file;

import org.jspecify.annotations.NullMarked;
