/** Tests of the shells around a node. */
@NullMarked
package dev.holdfast.server.host;

import org.jspecify.annotations.NullMarked;
