/** The doors of a node: one package for each wire, all of them beside each other. */
@NullMarked
package dev.holdfast.server.door;

import org.jspecify.annotations.NullMarked;
