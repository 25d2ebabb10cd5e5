/** Gates in front of a resource, which admit a write only under the highest token seen. */
@NullMarked
package dev.holdfast.fencing;

import org.jspecify.annotations.NullMarked;
