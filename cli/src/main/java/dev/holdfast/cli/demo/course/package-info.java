/** The demonstration of random operations, with everything recorded and checked. */
@NullMarked
package dev.holdfast.cli.demo.course;

import org.jspecify.annotations.NullMarked;
