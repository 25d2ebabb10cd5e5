@NullMarked
package dev.holdfast.fencing.http;

import org.jspecify.annotations.NullMarked;
