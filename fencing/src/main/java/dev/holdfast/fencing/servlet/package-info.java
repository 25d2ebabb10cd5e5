/**
 * Fencing in servlet containers. The one package that needs more than the JDK: the Servlet API,
 * which a container brings. Nobody else loads it.
 */
@NullMarked
package dev.holdfast.fencing.servlet;

import org.jspecify.annotations.NullMarked;
