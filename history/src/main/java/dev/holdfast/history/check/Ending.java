package dev.holdfast.history.check;

import dev.holdfast.history.NodeLine.GrantEnd;

/**
 * The end of a grant.
 *
 * @param token the grant's
 * @param session whose it was, by the word of whoever tells
 * @param by the session whose request ended it; 0 if none did
 * @param end why
 * @param clockMillis the cluster clock; -1 when not known
 * @param reservedUntilMillis how long its locks are kept from everybody; 0 if they are not
 * @param byRequest whether a numbered request of the session did it
 */
record Ending(
    long token,
    long session,
    long by,
    GrantEnd end,
    long clockMillis,
    long reservedUntilMillis,
    boolean byRequest) {}
