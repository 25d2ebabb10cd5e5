/**
 * What a node is told from outside: a file, the environment, the command line; bound to records.
 */
@NullMarked
package dev.holdfast.server.config;

import org.jspecify.annotations.NullMarked;
