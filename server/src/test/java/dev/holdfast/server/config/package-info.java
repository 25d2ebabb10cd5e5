/** What may be set, how, and how it is refused. */
@NullMarked
package dev.holdfast.server.config;

import org.jspecify.annotations.NullMarked;
