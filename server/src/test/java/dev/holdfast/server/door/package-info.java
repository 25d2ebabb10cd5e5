@NullMarked
package dev.holdfast.server.door;

import org.jspecify.annotations.NullMarked;
