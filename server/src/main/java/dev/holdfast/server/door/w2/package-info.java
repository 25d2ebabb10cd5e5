/** The wire of typed commands: text, a session a connection, one lock a client. */
@NullMarked
package dev.holdfast.server.door.w2;

import org.jspecify.annotations.NullMarked;
