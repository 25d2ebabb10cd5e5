package dev.holdfast.verification.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.ForceRelease;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.OpenSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bounds that short random logs do not reach, on both sides. */
final class LimitsAgainstModelTest {
  private final LockStateMachine core = new LockStateMachine();
  private final SideBySide pair = new SideBySide(core, new LockModel());
  private long sequence;

  @BeforeEach
  void open_a_session() {
    pair.apply(
        entry(
            List.of(
                Command.newBuilder()
                    .setOpen(
                        OpenSession.newBuilder()
                            .setNonce(sixteenBytes(1))
                            .setSecretHash(sixteenBytes(1).concat(sixteenBytes(2)))
                            .setTtlMillis(1_000))
                    .build())));
  }

  @Test
  void a_session_that_acknowledges_nothing_is_stopped_but_may_release_and_cancel() {
    List<ModelOutcome> outcomes = apply(times(1_030, i -> acquire("t", "lock" + i, 0)));
    assertThat(reasons(outcomes)).hasSize(6).containsOnly(RefusalReason.TOO_MANY_ANSWERS);
    long released = ++sequence;
    assertThat(apply(List.of(release(released, 3)))).hasSize(1);
    assertThat(reasons(apply(List.of(cancel(++sequence))))).containsOnly(RefusalReason.CANCELLED);
    Acknowledged most = Acknowledged.newBuilder().setBelow(1_000).addRanges(1_010).build();
    assertThat(reasons(applyWith(most, acquire("t", "one more", 0)))).isEmpty();
    pair.compareLookups();
  }

  @Test
  void a_session_has_a_limited_number_of_waiting_requests() {
    apply(List.of(acquire("holder", "lock", 0)));
    List<ModelOutcome> outcomes = apply(times(1_030, i -> acquire("t" + i, "lock", -1)));
    assertThat(reasons(outcomes)).hasSize(6).containsOnly(RefusalReason.TOO_MANY_REQUESTS);
    apply(List.of(cancel(2)));
    apply(List.of(acquire("another", "lock", -1)));
    pair.compareLookups();
  }

  @Test
  void acknowledgements_come_in_any_order_and_shape() {
    apply(times(40, i -> acquire("t", "lock" + i, 0)));
    for (Acknowledged acknowledged :
        List.of(
            ranges(0, 30, 32, 20, 25),
            ranges(5, 24, 31, 24, 31),
            ranges(3, 12, 11, -5, 2, 40),
            ranges(-7, 8, 9, 6, 7),
            ranges(0, 100, 200, Long.MAX_VALUE - 1, Long.MAX_VALUE),
            ranges(0, 0, 9))) {
      applyWith(acknowledged, acquire("t", "more" + sequence, 0));
      pair.compareLookups();
    }
  }

  @Test
  void the_last_256_operations_are_remembered() {
    for (int i = 0; i < 260; i++) {
      assertThat(force(i)).isNotEmpty();
    }
    force(3);
    force(4);
    force(258);
    pair.compareLookups();
  }

  @Test
  void a_lock_that_nobody_uses_leaves_nothing_behind() {
    apply(times(100, i -> acquire("t", "deep/" + i + "/leaf", 0)));
    apply(times(100, i -> release(++sequence, 3 + 2L * i)));
    assertThat(core.lockCount()).isZero();
    assertThat(core.locks("", "", 10)).isEmpty();
  }

  private interface Numbered {
    Request of(int i);
  }

  private static List<Request> times(int count, Numbered numbered) {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(numbered.of(i));
    }
    return requests;
  }

  private Request acquire(String owner, String lock, long waitMillis) {
    return Request.newBuilder()
        .setSequence(++sequence)
        .setAcquire(
            Acquire.newBuilder()
                .setOwner(owner)
                .setWaitMillis(waitMillis)
                .addDemands(Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X)))
        .build();
  }

  private static Request release(long number, long token) {
    return Request.newBuilder()
        .setSequence(number)
        .setRelease(Release.newBuilder().setToken(token))
        .build();
  }

  private static Request cancel(long number) {
    return Request.newBuilder().setSequence(number).setCancel(Cancel.getDefaultInstance()).build();
  }

  private static Acknowledged ranges(long below, long... ranges) {
    Acknowledged.Builder acknowledged = Acknowledged.newBuilder().setBelow(below);
    for (long each : ranges) {
      acknowledged.addRanges(each);
    }
    return acknowledged.build();
  }

  private List<ModelOutcome> apply(List<Request> requests) {
    return pair.apply(
            entry(
                requests.stream()
                    .map(
                        request ->
                            Command.newBuilder()
                                .setRequest(
                                    SessionRequest.newBuilder().setSessionId(1).setRequest(request))
                                .build())
                    .toList()))
        .outcomes();
  }

  private List<ModelOutcome> applyWith(Acknowledged acknowledged, Request request) {
    return pair.apply(
            entry(
                List.of(
                    Command.newBuilder()
                        .setRequest(
                            SessionRequest.newBuilder()
                                .setSessionId(1)
                                .setAcknowledged(acknowledged)
                                .setRequest(request))
                        .build())))
        .outcomes();
  }

  private List<ModelOutcome> force(int number) {
    return pair.apply(
            entry(
                List.of(
                    Command.newBuilder()
                        .setForceRelease(
                            ForceRelease.newBuilder()
                                .setOperationId(sixteenBytes(number))
                                .setLock("lock")
                                .setToken(1))
                        .build())))
        .outcomes();
  }

  private static LogEntry entry(List<Command> commands) {
    return LogEntry.newBuilder().setClockMillis(5).addAllCommands(commands).build();
  }

  private static List<RefusalReason> reasons(List<ModelOutcome> outcomes) {
    return outcomes.stream()
        .filter(ModelOutcome.Answered.class::isInstance)
        .map(outcome -> ((ModelOutcome.Answered) outcome).answer())
        .filter(answer -> answer.hasRefused())
        .map(answer -> answer.getRefused().getReason())
        .toList();
  }

  private static ByteString sixteenBytes(long number) {
    return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(number).putLong(~number).flip());
  }
}
