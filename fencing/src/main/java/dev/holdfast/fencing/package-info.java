/**
 * Gates in front of a resource, which admit a write only under the highest fencing token seen.
 *
 * <p>A lock alone cannot keep a client from writing that was paused for longer than its session
 * lived: it wakes up, still believes that it holds the lock, and writes over the work of the next
 * holder. The number that came with its grant, the fencing token, can: each later grant has a
 * larger one, so a resource that remembers the highest and refuses lower ones is safe whatever the
 * client believes. {@link dev.holdfast.fencing.FencingGate} is that memory.
 *
 * <p>Nothing here needs a node, a client library or anything else but the JDK.
 */
@NullMarked
package dev.holdfast.fencing;

import org.jspecify.annotations.NullMarked;
