/**
 * The ownership history: who held what and when, as a chain of hashed records beside the node's
 * data. Its design is docs/design/ownership.md.
 */
@NullMarked
package dev.holdfast.server.ownership;

import org.jspecify.annotations.NullMarked;
