@NullMarked
package dev.holdfast.server.door.plain;

import org.jspecify.annotations.NullMarked;
