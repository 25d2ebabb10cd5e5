<<<<<<< HEAD
=======
/** Tests of the shells around a node. */
>>>>>>> perf
@NullMarked
package dev.holdfast.server.host;

import org.jspecify.annotations.NullMarked;
