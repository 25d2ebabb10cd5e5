package dev.holdfast.verification.model;

import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import java.util.SortedMap;

/**
 * A request that is being decided, or waits.
 *
 * @param ticket the revision at which it entered
 * @param owner whose it is
 * @param sequence the session's number for it
 * @param demands what was asked for, merged, in name order, without intentions
 * @param needs what that means lock by lock: the demands and the intentions on the locks above
 * @param queuedAtMillis on the cluster clock
 * @param waitUntilMillis on the cluster clock; {@link Long#MAX_VALUE} for no limit
 * @param terms what it wants of its grant
 * @param priority of a cycle the lowest is refused
 * @param convertsToken for a conversion the grant that it converts, by the token of the day when it
 *     was asked for; 0 for any other request
 * @param convertsNow the same grant's token today
 */
record ModelRequest(
    long ticket,
    ModelOwner owner,
    long sequence,
    List<Demand> demands,
    SortedMap<String, ModelNeed> needs,
    long queuedAtMillis,
    long waitUntilMillis,
    ModelTerms terms,
    int priority,
    long convertsToken,
    long convertsNow) {

  long sessionId() {
    return owner.sessionId();
  }

  boolean isConversion() {
    return convertsToken != 0;
  }

  ModelRequest converting(long token) {
    return new ModelRequest(
        ticket,
        owner,
        sequence,
        demands,
        needs,
        queuedAtMillis,
        waitUntilMillis,
        terms,
        priority,
        convertsToken,
        token);
  }
}
