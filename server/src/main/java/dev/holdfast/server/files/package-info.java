/**
 * Copies of the cluster's files in a folder of this machine, for people and programs there. The
 * truth is in the log.
 */
@NullMarked
package dev.holdfast.server.files;

import org.jspecify.annotations.NullMarked;
