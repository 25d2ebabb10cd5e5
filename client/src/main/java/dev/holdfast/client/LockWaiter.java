package dev.holdfast.client;

/**
 * A waiting request, as the cluster sees it.
 *
 * @param lock what it waits for
 * @param sessionId whose session
 * @param owner who in that session
 * @param label what the session says about itself
 * @param mode how it is to be held
 * @param ticket the revision at which the request came
 * @param waitedMillis for how long, on the cluster's clock
 * @param position 1 is next
 */
public record LockWaiter(
    String lock,
    long sessionId,
    String owner,
    String label,
    Mode mode,
    long ticket,
    long waitedMillis,
    int position) {}
