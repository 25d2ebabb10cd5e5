/** The session's state machine under clocks and networks that tests turn. */
@NullMarked
package dev.holdfast.client.session;

import org.jspecify.annotations.NullMarked;
