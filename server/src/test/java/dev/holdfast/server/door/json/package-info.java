@NullMarked
package dev.holdfast.server.door.json;

import org.jspecify.annotations.NullMarked;
