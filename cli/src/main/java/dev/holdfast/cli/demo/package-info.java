/**
 * Demonstrations: each tells a story in numbered steps on real processes, and checks every sentence
 * of it.
 */
@NullMarked
package dev.holdfast.cli.demo;

import org.jspecify.annotations.NullMarked;
