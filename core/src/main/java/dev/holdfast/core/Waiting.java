package dev.holdfast.core;

import dev.holdfast.protocol.log.v1.WaitingRecord;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request in the queues of its locks. Immutable; its ticket names it.
 *
 * @param demands merged demands, in the order of names
 * @param needs the demands with the intentions that follow from them
 * @param waitUntilMillis on the cluster clock; {@link Long#MAX_VALUE} when it waits without limit
 * @param leaseMillis the fixed lease asked for; 0 for none
 * @param atLeastMillis how long from the grant on its locks are reserved in any case
 * @param lockDelayMillis for how long they stay reserved after an unclean end
 * @param gated whether what they protect checks tokens, so that no delay is needed
 * @param priority the lowest in a deadlock is refused
 * @param convertsToken the token, when it was asked for, of the grant that this converts; 0 if none
 */
record Waiting(
    long ticket,
    OwnerKey owner,
    long sequence,
    List<Demand> demands,
    List<Need> needs,
    long queuedAtMillis,
    long waitUntilMillis,
    long leaseMillis,
    long atLeastMillis,
    long lockDelayMillis,
    boolean gated,
    int priority,
    long convertsToken) {

  static Waiting of(WaitingRecord row) {
    List<Demand> demands = List.copyOf(row.getDemandsList());
    return new Waiting(
        row.getTicket(),
        new OwnerKey(row.getSessionId(), row.getOwner()),
        row.getSequence(),
        demands,
        Need.of(demands),
        row.getQueuedAtMillis(),
        row.getWaitUntilMillis(),
        row.getLeaseMillis(),
        row.getAtLeastMillis(),
        row.getLockDelayMillis(),
        row.getGated(),
        row.getPriority(),
        row.getConvertsToken());
  }

  WaitingRecord toRecord() {
    return WaitingRecord.newBuilder()
        .setTicket(ticket)
        .setSessionId(owner.sessionId())
        .setSequence(sequence)
        .setOwner(owner.owner())
        .addAllDemands(demands)
        .setQueuedAtMillis(queuedAtMillis)
        .setWaitUntilMillis(waitUntilMillis)
        .setLeaseMillis(leaseMillis)
        .setAtLeastMillis(atLeastMillis)
        .setLockDelayMillis(lockDelayMillis)
        .setGated(gated)
        .setPriority(priority)
        .setConvertsToken(convertsToken)
        .build();
  }

  WaitingInfo info() {
    return new WaitingInfo(
        ticket,
        owner.sessionId(),
        sequence,
        owner.owner(),
        demands,
        queuedAtMillis,
        waitUntilMillis,
        leaseMillis,
        priority,
        convertsToken);
  }

  /** Whether this asks for other modes for a grant that there is, which stays while this waits. */
  boolean converts() {
    return convertsToken != 0;
  }

  /** Whether this is the conversion of a grant that its owner has, or had until now. */
  boolean convertsGrant(Grant grant) {
    return converts() && grant.names(demands.getFirst().getLock());
  }

  /** Whether its locks may stay reserved when its grant ends. */
  boolean mayReserve() {
    return atLeastMillis > 0 || (lockDelayMillis > 0 && !gated);
  }

  /** What this request wants of a lock, intentions included; null when it does not want any. */
  @Nullable Need needAt(String lock) {
    return Need.at(lock, needs);
  }
}
