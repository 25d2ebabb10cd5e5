/**
 * What is said between clients and nodes, and in the log: messages generated from {@code .proto}
 * files, and the few words of the trade that every module shares.
 */
@NullMarked
package dev.holdfast.protocol;

import org.jspecify.annotations.NullMarked;
