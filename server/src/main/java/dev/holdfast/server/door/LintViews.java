package dev.holdfast.server.door;

import dev.holdfast.protocol.v1.LintFinding;
import dev.holdfast.protocol.v1.LintReply;
import dev.holdfast.protocol.v1.LockOrder;
import dev.holdfast.server.lint.LintLimits;
import dev.holdfast.server.lint.LockOrders;
import dev.holdfast.server.lint.Order;
import dev.holdfast.server.lint.OrderCycles;

/** Tells what could deadlock in the words of the wire. */
public final class LintViews {
  /** Names and labels are long; what is told stays well below the largest message. */
  private static final int REPLY_BYTES_AIM = 2 * 1024 * 1024;

  private LintViews() {}

  /** What could deadlock of that which was seen; the label is left out. */
  public static LintReply.Builder reply(LockOrders.Seen seen, int limit) {
    OrderCycles.Findings findings = OrderCycles.in(seen.orders(), limit, LintLimits.NODE.steps());
    LintReply.Builder reply =
        LintReply.newBuilder()
            .setMore(findings.more())
            .setSinceRevision(seen.sinceRevision())
            .setGaps(seen.gaps())
            .setOrders(seen.orders().size())
            .setOrdersForgotten(seen.ordersForgotten())
            .setGrantsPassedOver(seen.grantsPassedOver());
    int bytes = 0;
    for (OrderCycles.Cycle cycle : findings.cycles()) {
      LintFinding finding = finding(cycle);
      bytes += finding.getSerializedSize();
      if (bytes > REPLY_BYTES_AIM) {
        return reply.setMore(true);
      }
      reply.addFindings(finding);
    }
    return reply;
  }

  private static LintFinding finding(OrderCycles.Cycle cycle) {
    LintFinding.Builder finding = LintFinding.newBuilder();
    if (cycle.orders().size() == 1) {
      Order order = cycle.orders().getFirst();
      finding.addOrders(order(order, order.first())).addOrders(order(order, order.last()));
    } else {
      cycle.orders().forEach(order -> finding.addOrders(order(order, order.last())));
    }
    return finding.build();
  }

  private static LockOrder order(Order order, Order.Witness witness) {
    return LockOrder.newBuilder()
        .setHeldLock(order.held().lock())
        .setHeldMode(order.held().mode())
        .setHeldPermits(order.held().permits())
        .setWantedLock(order.wanted().lock())
        .setWantedMode(order.wanted().mode())
        .setWantedPermits(order.wanted().permits())
        .setSessionId(witness.sessionId())
        .setOwner(witness.owner())
        .setLabel(witness.label())
        .setRevision(witness.revision())
        .setClockMillis(witness.clockMillis())
        .setTimes(order.times())
        .build();
  }
}
