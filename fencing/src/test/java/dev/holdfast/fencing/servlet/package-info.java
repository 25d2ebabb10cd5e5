@NullMarked
package dev.holdfast.fencing.servlet;

import org.jspecify.annotations.NullMarked;
