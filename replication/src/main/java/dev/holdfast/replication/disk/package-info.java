/** What lies in a node's data directory beside the log, and whose it is. */
@NullMarked
package dev.holdfast.replication.disk;

import org.jspecify.annotations.NullMarked;
