@NullMarked
package dev.holdfast.server.door.w1;

import org.jspecify.annotations.NullMarked;
