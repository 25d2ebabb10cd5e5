package dev.holdfast.core;

import java.util.List;

/**
 * What applying one entry brought about.
 *
 * @param revision the map's revision after the entry
 * @param clockMillis the cluster clock after the entry
 * @param outcomes in the order of the commands, each followed by the grants that it made possible
 * @param events in revision order
 */
public record Applied(
    long revision, long clockMillis, List<Outcome> outcomes, List<Event> events) {}
