/**
 * One session's life as a single-threaded state machine: clocks, randomness and transport are
 * handed in, so that a simulator can drive the very code that runs in production.
 *
 * <p>For users there are three words in here: {@link SessionState}, {@link LossReason} and {@link
 * RetryPolicy}. The rest is for {@code dev.holdfast.client} and for simulators.
 */
@NullMarked
package dev.holdfast.client.session;

import org.jspecify.annotations.NullMarked;
