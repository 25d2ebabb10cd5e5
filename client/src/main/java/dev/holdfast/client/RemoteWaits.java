package dev.holdfast.client;

import dev.holdfast.client.UnaryCalls.Kind;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.SessionId;
import dev.holdfast.protocol.v1.ChainEnd;
import dev.holdfast.protocol.v1.InTheWay;
import dev.holdfast.protocol.v1.LintReply;
import dev.holdfast.protocol.v1.LintRequest;
import dev.holdfast.protocol.v1.ListDeadlocksReply;
import dev.holdfast.protocol.v1.ListDeadlocksRequest;
import dev.holdfast.protocol.v1.ListWaitsReply;
import dev.holdfast.protocol.v1.ListWaitsRequest;
import dev.holdfast.protocol.v1.LockOrder;
import dev.holdfast.protocol.v1.PositionsReply;
import dev.holdfast.protocol.v1.PositionsRequest;
import dev.holdfast.protocol.v1.WaitView;
import dev.holdfast.protocol.v1.WaitsGrpc;
import dev.holdfast.protocol.v1.WhyReply;
import dev.holdfast.protocol.v1.WhyRequest;
import java.util.ArrayList;
import java.util.List;

/** Asks nodes who waits for whom. */
final class RemoteWaits implements Waits {
  private static final int PAGE_MAX = 1_000;
  private static final int PER_REQUEST_MAX = 64;

  private final UnaryCalls calls;

  RemoteWaits(UnaryCalls calls) {
    this.calls = calls;
  }

  @Override
  public DeadlockList deadlocks(Consistency consistency) {
    List<DeadlockReport> all = new ArrayList<>();
    ListDeadlocksReply reply;
    long before = 0;
    do {
      reply =
          calls.anywhere(
              Kind.QUESTION,
              WaitsGrpc.getListDeadlocksMethod(),
              ListDeadlocksRequest.newBuilder()
                  .setBeforeRevision(before)
                  .setConsistency(Views.wire(consistency))
                  .build());
      reply.getDeadlocksList().forEach(each -> all.add(Deadlocks.report(each)));
      before = all.isEmpty() ? 0 : all.get(all.size() - 1).revision();
    } while (reply.getMore() && reply.getDeadlocksCount() > 0);
    return new DeadlockList(Views.info(reply.getLabel()), List.copyOf(all));
  }

  @Override
  public WaitPage page(long afterTicket, int limit, int limitPerRequest, Consistency consistency) {
    ListWaitsReply reply =
        calls.anywhere(
            Kind.QUESTION,
            WaitsGrpc.getListWaitsMethod(),
            ListWaitsRequest.newBuilder()
                .setAfterTicket(afterTicket)
                .setLimit(requireWithin("limit", limit, PAGE_MAX))
                .setLimitPerRequest(
                    requireWithin("limitPerRequest", limitPerRequest, PER_REQUEST_MAX))
                .setConsistency(Views.wire(consistency))
                .build());
    return new WaitPage(
        Views.info(reply.getLabel()),
        reply.getWaitsList().stream().map(RemoteWaits::wait).toList(),
        reply.getMore(),
        reply.getWaiting());
  }

  private static WaitInfo wait(WaitView view) {
    return new WaitInfo(
        new RequestId(new SessionId(view.getSessionId()), view.getSequence()),
        view.getOwner(),
        view.getLabel(),
        view.getTicket(),
        view.getWaitedMillis(),
        view.getLock(),
        Mode.of(view.getWantedMode()),
        view.getWantedPermits(),
        kind(view.getKind()),
        view.getBySessionId(),
        view.getByOwner(),
        view.getByLabel(),
        Mode.of(view.getByMode()),
        view.getByPermits(),
        view.getByToken(),
        view.getByTicket());
  }

  /** What a newer node may have in the way besides is as good as held. */
  private static WaitInfo.Kind kind(InTheWay kind) {
    return switch (kind) {
      case IN_THE_WAY_RESERVED -> WaitInfo.Kind.RESERVED;
      case IN_THE_WAY_QUEUED -> WaitInfo.Kind.QUEUED;
      case IN_THE_WAY_HELD, IN_THE_WAY_UNSPECIFIED, UNRECOGNIZED -> WaitInfo.Kind.HELD;
    };
  }

  @Override
  public WaitChain why(RequestId request, Consistency consistency) {
    return chain(
        WhyRequest.newBuilder()
            .setSessionId(request.sessionId().value())
            .setSequence(request.sequence())
            .setConsistency(Views.wire(consistency))
            .build());
  }

  @Override
  public WaitChain why(String lock, String who, Consistency consistency) {
    String problem = LockName.problemWith(lock);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return chain(
        WhyRequest.newBuilder()
            .setLock(lock)
            .setWho(who)
            .setConsistency(Views.wire(consistency))
            .build());
  }

  private WaitChain chain(WhyRequest question) {
    WhyReply reply = calls.anywhere(Kind.QUESTION, WaitsGrpc.getWhyMethod(), question);
    return new WaitChain(
        Views.info(reply.getLabel()),
        reply.getHopsList().stream().map(RemoteWaits::wait).toList(),
        end(reply.getEnd()),
        reply.getMatches());
  }

  private static WaitChain.End end(ChainEnd end) {
    return switch (end) {
      case CHAIN_END_HOLDER -> WaitChain.End.HOLDER;
      case CHAIN_END_RESERVATION -> WaitChain.End.RESERVATION;
      case CHAIN_END_CIRCLE -> WaitChain.End.CIRCLE;
      case CHAIN_END_CUT, UNRECOGNIZED -> WaitChain.End.CUT;
      case CHAIN_END_UNSPECIFIED -> WaitChain.End.NOT_WAITING;
    };
  }

  @Override
  public List<QueuePlace> places(RequestId request, Consistency consistency) {
    PositionsReply reply =
        calls.anywhere(
            Kind.QUESTION,
            WaitsGrpc.getPositionsMethod(),
            PositionsRequest.newBuilder()
                .setSessionId(request.sessionId().value())
                .setSequence(request.sequence())
                .setConsistency(Views.wire(consistency))
                .build());
    return reply.getPositionsList().stream()
        .map(each -> new QueuePlace(each.getLock(), each.getPosition(), each.getQueueLength()))
        .toList();
  }

  @Override
  public LintReport lint(int limit) {
    LintReply reply =
        calls.anywhere(
            Kind.QUESTION,
            WaitsGrpc.getLintMethod(),
            LintRequest.newBuilder().setLimit(requireWithin("limit", limit, PAGE_MAX)).build());
    return new LintReport(
        Views.info(reply.getLabel()),
        reply.getFindingsList().stream()
            .map(
                finding ->
                    new LintReport.Finding(
                        finding.getOrdersList().stream().map(RemoteWaits::order).toList()))
            .toList(),
        reply.getMore(),
        reply.getSinceRevision(),
        reply.getGaps(),
        reply.getOrders(),
        reply.getOrdersForgotten(),
        reply.getGrantsPassedOver());
  }

  private static LintReport.Order order(LockOrder order) {
    return new LintReport.Order(
        order.getHeldLock(),
        Mode.of(order.getHeldMode()),
        order.getHeldPermits(),
        order.getWantedLock(),
        Mode.of(order.getWantedMode()),
        order.getWantedPermits(),
        order.getSessionId(),
        order.getOwner(),
        order.getLabel(),
        order.getRevision(),
        order.getClockMillis(),
        order.getTimes());
  }

  private static int requireWithin(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + " is 1 to " + most + ", not " + value);
    }
    return value;
  }
}
