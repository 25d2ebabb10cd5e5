/** The arrows between modules and packages, and what the rules' module must never see. */
@NullMarked
package dev.holdfast.verification.architecture;

import org.jspecify.annotations.NullMarked;
