@NullMarked
package dev.holdfast.server.door.w0;

import org.jspecify.annotations.NullMarked;
