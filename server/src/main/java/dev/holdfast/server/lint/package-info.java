/**
 * Orders in which locks were taken that could deadlock, although they have not: a single-threaded
 * reader of the events of applied entries. How it works is in docs/design/waits.md.
 */
@NullMarked
package dev.holdfast.server.lint;

import org.jspecify.annotations.NullMarked;
