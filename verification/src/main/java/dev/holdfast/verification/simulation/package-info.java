/**
 * One seed, one universe: everything of ours that decides (core, whole nodes, the client's session)
 * driven by one scheduler with virtual time, over a simulated log, network, disks and clocks, all
 * of them as bad as the seed says. See {@link dev.holdfast.verification.simulation.Universe}.
 */
@NullMarked
package dev.holdfast.verification.simulation;

import org.jspecify.annotations.NullMarked;
