@NullMarked
package dev.holdfast.history.check;

import org.jspecify.annotations.NullMarked;
