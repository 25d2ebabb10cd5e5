/** The client library: sessions and what is held under them. */
@NullMarked
package dev.holdfast.client;

import org.jspecify.annotations.NullMarked;
