/** JSON objects one after the other in a stream, and answers as Python writes them. */
@NullMarked
package dev.holdfast.server.door.json;

import org.jspecify.annotations.NullMarked;
