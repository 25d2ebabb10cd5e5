/**
 * Demonstrations: each tells a story in numbered steps on real processes, and checks every sentence
 * of it. This package is the stage; a demonstration is a {@link dev.holdfast.cli.demo.Demo} in a
 * package below it and a line in {@code META-INF/services}.
 */
@NullMarked
package dev.holdfast.cli.demo;

import org.jspecify.annotations.NullMarked;
