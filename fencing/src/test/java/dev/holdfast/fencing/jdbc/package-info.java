@NullMarked
package dev.holdfast.fencing.jdbc;

import org.jspecify.annotations.NullMarked;
