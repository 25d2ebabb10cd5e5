package dev.holdfast.cli;

import dev.holdfast.client.Consistency;
import dev.holdfast.client.DeadlockList;
import dev.holdfast.client.DeadlockReport;
import dev.holdfast.client.LintReport;
import dev.holdfast.client.Mode;
import dev.holdfast.client.QueuePlace;
import dev.holdfast.client.ReadInfo;
import dev.holdfast.client.RequestId;
import dev.holdfast.client.WaitChain;
import dev.holdfast.client.WaitInfo;
import dev.holdfast.client.WaitPage;
import dev.holdfast.client.Waits;
import dev.holdfast.protocol.SessionId;
import java.util.List;

/** Two who wait, one behind the other's grant, and a deadlock of the past. */
final class FakeWaits implements Waits {
  static final WaitInfo FIRST =
      new WaitInfo(
          request(15, 2),
          "job",
          "host4 dave \"quoted\"",
          58,
          4_200,
          "orders",
          Mode.X,
          0,
          WaitInfo.Kind.HELD,
          16,
          "main",
          "host5\u001b[31m",
          Mode.IX,
          0,
          57,
          0);
  static final WaitInfo SECOND =
      new WaitInfo(
          request(16, 9),
          "main",
          "host5\u001b[31m",
          61,
          900,
          "pool",
          null,
          2,
          WaitInfo.Kind.HELD,
          17,
          "main",
          "host6",
          null,
          3,
          55,
          0);

  static RequestId request(long session, long sequence) {
    return new RequestId(new SessionId(session), sequence);
  }

  private static ReadInfo info(Consistency consistency) {
    return new ReadInfo(consistency, 99, "n1", 30, 5_000_000);
  }

  private static DeadlockReport.Member member(
      long session, String lock, Mode wanted, Mode held, long ticket, long token) {
    return new DeadlockReport.Member(
        request(session, 3),
        "main",
        "host" + session,
        ticket,
        0,
        100,
        lock,
        wanted,
        0,
        held,
        0,
        token);
  }

  @Override
  public DeadlockList deadlocks(Consistency consistency) {
    return new DeadlockList(
        info(consistency),
        List.of(
            new DeadlockReport(
                80,
                4_990_000,
                70,
                List.of(
                    member(2, "a", Mode.X, Mode.X, 70, 51), member(1, "b", Mode.X, Mode.S, 60, 52)),
                2)));
  }

  @Override
  public WaitPage page(long afterTicket, int limit, int limitPerRequest, Consistency consistency) {
    // A page has one request, so that every list takes several.
    List<WaitInfo> left =
        List.of(FIRST, SECOND).stream().filter(wait -> wait.ticket() > afterTicket).toList();
    return new WaitPage(info(consistency), left.stream().limit(1).toList(), left.size() > 1, 2);
  }

  @Override
  public WaitChain why(RequestId request, Consistency consistency) {
    return request.equals(FIRST.request())
        ? new WaitChain(info(consistency), List.of(FIRST, SECOND), WaitChain.End.HOLDER, 1)
        : new WaitChain(info(consistency), List.of(), WaitChain.End.NOT_WAITING, 0);
  }

  @Override
  public WaitChain why(String lock, String who, Consistency consistency) {
    return lock.equals("orders") && (who.isEmpty() || FIRST.label().contains(who))
        ? new WaitChain(info(consistency), List.of(FIRST, SECOND), WaitChain.End.HOLDER, 3)
        : new WaitChain(info(consistency), List.of(), WaitChain.End.NOT_WAITING, 0);
  }

  private static LintReport.Order order(long session, String held, String wanted) {
    return new LintReport.Order(
        held, Mode.X, 0, wanted, null, 2, session, "main", "host" + session, 40, 4_999_000, 7);
  }

  @Override
  public LintReport lint(int limit) {
    return new LintReport(
        info(Consistency.LOCAL),
        List.of(new LintReport.Finding(List.of(order(1, "a", "b"), order(2, "b", "a")))),
        false,
        12,
        1,
        2,
        5,
        0);
  }

  @Override
  public List<QueuePlace> places(RequestId request, Consistency consistency) {
    return List.of(new QueuePlace("orders", 1, 2));
  }
}
