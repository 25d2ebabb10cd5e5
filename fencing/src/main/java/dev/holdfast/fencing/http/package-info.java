/**
 * Fencing of HTTP requests: a request brings the token under which it writes, and a gate before the
 * handler refuses stale ones.
 */
@NullMarked
package dev.holdfast.fencing.http;

import org.jspecify.annotations.NullMarked;
