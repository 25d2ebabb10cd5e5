package dev.holdfast.core;

import dev.holdfast.protocol.log.v1.WaitingRecord;
import dev.holdfast.protocol.v1.Demand;
import java.util.List;

/**
 * A request in the queues of its locks. Immutable; its ticket names it.
 *
 * @param demands merged demands, in the order of names
 * @param needs the demands with the intentions that follow from them
 * @param waitUntilMillis on the cluster clock; {@link Long#MAX_VALUE} when it waits without limit
 * @param leaseMillis the fixed lease asked for; 0 for none
 */
record Waiting(
    long ticket,
    OwnerKey owner,
    long sequence,
    List<Demand> demands,
    List<Need> needs,
    long queuedAtMillis,
    long waitUntilMillis,
    long leaseMillis) {

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
        row.getLeaseMillis());
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
        leaseMillis);
  }

  /** The mode in which this request waits for a lock, intentions included; 0 when it does not. */
  int modeAt(String lock) {
    for (Need need : needs) {
      if (need.lock().equals(lock)) {
        return need.mode();
      }
    }
    return 0;
  }
}
