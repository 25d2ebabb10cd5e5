@NullMarked
package dev.holdfast.client.watch;

import org.jspecify.annotations.NullMarked;
