@NullMarked
package dev.holdfast.verification.simulation;

import org.jspecify.annotations.NullMarked;
