@NullMarked
package dev.holdfast.server.door.w3;

import org.jspecify.annotations.NullMarked;
