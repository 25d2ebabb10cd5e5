@NullMarked
package dev.holdfast.server.door.tcp;

import org.jspecify.annotations.NullMarked;
