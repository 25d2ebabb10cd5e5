@NullMarked
package dev.holdfast.server.door.w2;

import org.jspecify.annotations.NullMarked;
