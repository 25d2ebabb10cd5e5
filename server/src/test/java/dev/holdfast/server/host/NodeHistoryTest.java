package dev.holdfast.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Applied;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.history.Answer;
import dev.holdfast.history.NodeLine;
import dev.holdfast.history.NodeLine.GrantEnd;
import dev.holdfast.history.NodeLine.GrantKind;
import dev.holdfast.history.NodeLine.LockGranted;
import dev.holdfast.history.NodeLine.LockReleased;
import dev.holdfast.history.NodeLine.RequestAnswered;
import dev.holdfast.history.NodeLine.RequestLeft;
import dev.holdfast.history.NodeLine.RequestQueued;
import dev.holdfast.history.check.HistoryChecker;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.Extend;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NodeHistoryTest {
  private final LockStateMachine machine = new LockStateMachine();
  private final NodeHistory history = new NodeHistory("n1");
  private final List<NodeLine.Applied> all = new ArrayList<>();
  private long clockMillis = 1_000;

  @Test
  void session_is_told_with_its_ttl() {
    assertThat(apply(open(1)))
        .containsExactly(new NodeLine.SessionBegan("n1", 1, 1_001, 7, 1, "client-1", 1_000));
  }

  @Test
  void hand_over_in_one_entry_is_told_with_who_asked() {
    apply(open(1), open(2));
    List<NodeLine.Applied> lines = apply(acquire(1, 1, "a", 0), acquire(2, 1, "a", 0));
    assertThat(lines).hasSize(2);
    LockGranted first = (LockGranted) lines.get(0);
    assertThat(first.sequence()).isEqualTo(1);
    assertThat(first.ticket()).isEqualTo(first.revision() - 1);
    assertThat(lines.get(1)).isInstanceOf(RequestQueued.class);

    List<NodeLine.Applied> after = apply(release(1, 2, first.revision()));
    LockReleased released = (LockReleased) after.get(0);
    assertThat(released.by()).isEqualTo(1);
    assertThat(released.sequence()).isEqualTo(2);
    LockGranted second = (LockGranted) after.get(1);
    assertThat(second.session()).isEqualTo(2);
    assertThat(second.sequence()).isEqualTo(1);
    assertThat(second.ticket()).isEqualTo(lines.get(1).revision());
    requireRight();
  }

  @Test
  void extension_is_the_end_of_one_grant_and_the_beginning_of_another() {
    apply(open(1));
    long token = apply(acquire(1, 1, "a", 500)).get(0).revision();
    List<NodeLine.Applied> lines =
        apply(
            request(1, 2, r -> r.setExtend(Extend.newBuilder().setToken(token).setLeaseMillis(9))));
    LockReleased ended = (LockReleased) lines.get(0);
    assertThat(ended.end()).isEqualTo(GrantEnd.EXTENDED);
    assertThat(ended.by()).isEqualTo(1);
    LockGranted extended = (LockGranted) lines.get(1);
    assertThat(extended.how()).isEqualTo(GrantKind.EXTENDED);
    assertThat(extended.sequence()).isEqualTo(2);
    assertThat(extended.expiresAtMillis()).isEqualTo(machine.clockMillis() + 9);
    requireRight();
  }

  @Test
  void refusals_and_repeated_answers_are_told() {
    apply(open(1), open(2));
    long token = apply(acquire(1, 1, "a", 0)).get(0).revision();
    List<NodeLine.Applied> lines = apply(acquire(1, 1, "a", 0), release(2, 1, token));
    assertThat(lines).hasSize(2).allMatch(RequestAnswered.class::isInstance);
    List<Answer> answers = lines.stream().map(line -> ((RequestAnswered) line).answer()).toList();
    assertThat(answers)
        .containsExactlyInAnyOrder(
            new Answer.Granted(token, 0), new Answer.Refused("NOT_HOLDER", machine.revision()));
    requireRight();
  }

  @Test
  void leaving_the_queue_is_told_once() {
    apply(open(1), open(2));
    apply(acquire(1, 1, "a", 0), acquire(2, 1, "a", 0));
    List<NodeLine.Applied> lines =
        apply(request(2, 1, r -> r.setCancel(Cancel.getDefaultInstance())));
    assertThat(lines).singleElement().isInstanceOf(RequestLeft.class);
    requireRight();
  }

  @Test
  void expiry_of_a_session_ends_all_that_it_had_and_serves_the_next() {
    apply(open(1), open(2));
    apply(acquire(1, 1, "a", 0), acquire(2, 1, "a", 0));
    clockMillis += 600;
    apply(release(2, 2, 99));
    clockMillis += 600;
    List<NodeLine.Applied> lines = apply();
    assertThat(lines)
        .extracting(line -> line.getClass().getSimpleName())
        .containsExactly("LockReleased", "SessionEnded", "LockGranted");
    requireRight();
  }

  private void requireRight() {
    HistoryChecker checker = new HistoryChecker();
    checker.add(new NodeLine.Began("n1", 0, 0, 0));
    all.forEach(checker::add);
    checker.add(new NodeLine.Reached("n1", machine.revision(), machine.clockMillis(), 8));
    assertThat(checker.finish()).isEmpty();
  }

  private List<NodeLine.Applied> apply(Command... commands) {
    long before = machine.revision();
    LogEntry entry =
        LogEntry.newBuilder()
            .setClockMillis(++clockMillis)
            .addAllCommands(List.of(commands))
            .build();
    Applied applied = machine.apply(entry);
    List<NodeLine.Applied> lines = history.linesOf(applied, before, 7);
    all.addAll(lines);
    return lines;
  }

  private static Command open(int number) {
    return Command.newBuilder()
        .setOpen(
            OpenSession.newBuilder()
                .setNonce(ByteString.copyFrom(new byte[] {(byte) number}).concat(bytes(15)))
                .setSecretHash(bytes(32))
                .setClientId("client-" + number)
                .setTtlMillis(1_000))
        .build();
  }

  private static ByteString bytes(int length) {
    return ByteString.copyFrom(new byte[length]);
  }

  private static Command acquire(long session, long sequence, String lock, long leaseMillis) {
    return request(
        session,
        sequence,
        request ->
            request.setAcquire(
                Acquire.newBuilder()
                    .setOwner("t")
                    .addDemands(Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X))
                    .setWaitMillis(-1)
                    .setLeaseMillis(leaseMillis)));
  }

  private static Command release(long session, long sequence, long token) {
    return request(
        session, sequence, request -> request.setRelease(Release.newBuilder().setToken(token)));
  }

  private static Command request(
      long session, long sequence, java.util.function.Consumer<Request.Builder> action) {
    Request.Builder request = Request.newBuilder().setSequence(sequence);
    action.accept(request);
    return Command.newBuilder()
        .setRequest(SessionRequest.newBuilder().setSessionId(session).setRequest(request))
        .build();
  }
}
