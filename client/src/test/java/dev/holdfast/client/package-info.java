/** What users' threads see of the client, over a cluster in memory. */
@NullMarked
package dev.holdfast.client;

import org.jspecify.annotations.NullMarked;
