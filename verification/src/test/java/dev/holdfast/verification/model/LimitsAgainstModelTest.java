package dev.holdfast.verification.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.log.v1.AskRevocation;
import dev.holdfast.protocol.log.v1.ClientOperation;
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
import dev.holdfast.protocol.v1.Resolve;
import dev.holdfast.protocol.v1.SetValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Bounds that short random logs do not reach, on both sides. */
final class LimitsAgainstModelTest {
  private final LockStateMachine core = new LockStateMachine();
  private final SideBySide pair = new SideBySide(core, new LockModel());
  private long sequence;

  @BeforeEach
  void open_a_session() {
    open(1_000_000);
  }

  private List<ModelOutcome> open(int locksMax) {
    return pair.apply(
            entry(
                List.of(
                    Command.newBuilder()
                        .setOpen(
                            OpenSession.newBuilder()
                                .setNonce(sixteenBytes(locksMax))
                                .setSecretHash(sixteenBytes(1).concat(sixteenBytes(2)))
                                .setLocksMax(locksMax)
                                .setTtlMillis(1_000))
                        .build())))
        .outcomes();
  }

  @Test
  void a_session_may_not_ask_for_any_number_of_locks() {
    assertThat(open(1_000_001)).allMatch(ModelOutcome.OpenRefused.class::isInstance);
    assertThat(open(-1)).allMatch(ModelOutcome.Opened.class::isInstance);
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
  @Execution(ExecutionMode.CONCURRENT)
  void a_session_has_a_limited_number_of_waiting_requests() {
    // In one entry, since comparing takes seconds with so many in a queue.
    List<Request> requests = new ArrayList<>(List.of(acquire("holder", "lock", 0)));
    requests.addAll(times(1_030, i -> acquire("t" + i, "lock", -1)));
    requests.add(cancel(2));
    requests.add(acquire("another", "lock", -1));
    assertThat(reasons(apply(requests)))
        .hasSize(7)
        .containsOnly(RefusalReason.TOO_MANY_REQUESTS, RefusalReason.CANCELLED);
    assertThat(core.waitingCount()).isEqualTo(1_024);
    pair.compareLookups();
  }

  @Test
  void of_a_clients_operations_the_last_are_remembered_and_those_that_wait() {
    apply(List.of(acquire("holder", "lock", 0)));
    List<Command> commands = new ArrayList<>();
    for (int i = 1; i <= 1_100; i++) {
      commands.add(operation(i, i % 60 == 0 ? acquire("t" + i, "lock", -1) : cancel(i)));
    }
    pair.apply(entry(commands));
    assertThat(core.waitingCount()).isEqualTo(18);
    pair.compareLookups();
    for (int again : List.of(1, 60, 76, 77, 78, 120, 1_100)) {
      pair.apply(entry(List.of(operation(again, cancel(7)))));
    }
    assertThat(core.waitingCount()).isEqualTo(16);
    pair.compareLookups();
    LockStateMachine restored = LockStateMachine.restore(core.image().records());
    assertThat(restored.stateHash()).isEqualTo(core.stateHash());
    List<Command> more = List.of(operation(2_000, cancel(1)), operation(90, cancel(1)));
    assertThat(restored.apply(entry(more)).outcomes())
        .isEqualTo(core.apply(entry(more)).outcomes());
  }

  private static Command operation(int number, Request request) {
    return Command.newBuilder()
        .setClientOperation(
            ClientOperation.newBuilder()
                .setClient(sixteenBytes(9))
                .setOperationId(sixteenBytes(number))
                .setTtlMillis(1_000)
                .setRequest(request))
        .build();
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
    // Not one of these is remembered.
    force(ByteString.EMPTY);
    ask(sixteenBytes(4).concat(sixteenBytes(4)));
    force(4);
    pair.compareLookups();
  }

  @Test
  void answers_beyond_the_hard_bound_count_as_acknowledged() {
    // Every other number, so that each answer that is dropped makes a range of its own.
    apply(times(4_100, i -> resolve(2L + 2L * i)));
    assertThat(reasons(apply(List.of(resolve(2), resolve(8), resolve(10)))))
        .containsExactly(
            RefusalReason.STALE_REQUEST, RefusalReason.STALE_REQUEST, RefusalReason.CANCELLED);
    apply(times(4_100, i -> resolve(10_000L + 2L * i)));
    assertThat(reasons(apply(List.of(resolve(3), resolve(2_001), resolve(18_198)))))
        .containsExactly(
            RefusalReason.STALE_REQUEST, RefusalReason.CANCELLED, RefusalReason.CANCELLED);
    pair.compareLookups();
    reload();
  }

  @Test
  void acknowledgements_in_too_many_ranges_are_not_heeded() {
    apply(List.of(resolve(5)));
    Acknowledged tooMany = everyOther(4_097);
    assertThat(reasons(applyWith(tooMany, resolve(5)))).containsOnly(RefusalReason.CANCELLED);
    Acknowledged most = everyOther(4_096);
    assertThat(reasons(applyWith(most, resolve(5)))).containsOnly(RefusalReason.STALE_REQUEST);
    assertThat(reasons(applyWith(ranges(0, 20_000, 20_000), resolve(20_000))))
        .containsOnly(RefusalReason.CANCELLED);
    assertThat(reasons(applyWith(ranges(5, 20_000, 20_000), resolve(20_000))))
        .containsOnly(RefusalReason.STALE_REQUEST);
    reload();
  }

  @Test
  void the_last_256_operations_are_remembered_of_both_kinds() {
    for (int i = 0; i < 260; i++) {
      if (i % 2 == 0) {
        force(i);
      } else {
        ask(i);
      }
    }
    force(3);
    ask(4);
    ask(258);
    pair.compareLookups();
    reload();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void only_so_many_locks_have_a_value() {
    // In one entry, since comparing takes seconds with so many values.
    int grants = 16_384 / 64;
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < grants; i++) {
      commands.add(command(ranges(sequence + 1), acquireSixtyFour(i)));
    }
    for (int i = 0; i < 16_384; i++) {
      commands.add(command(ranges(sequence + 1), setValue(3 + 2L * (i / 64), "value" + i, false)));
    }
    long tokenOfY = 1 + 2L * grants + 16_384 + 2;
    commands.add(command(ranges(sequence + 1), acquire("one more", "y", 0)));
    commands.add(command(ranges(0), setValue(tokenOfY, "y", false)));
    commands.add(command(ranges(0), setValue(3, "value7", false)));
    commands.add(command(ranges(0), setValue(3, "value8", true)));
    commands.add(command(ranges(0), setValue(tokenOfY, "y", false)));
    assertThat(reasons(pair.apply(entry(commands)).outcomes()))
        .containsExactly(RefusalReason.TOO_MANY_VALUES);
    reload();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void the_last_64_deadlocks_are_remembered_and_of_a_long_one_64_members() {
    for (int i = 0; i < 66; i++) {
      closeCircle("circle" + i, 2);
      if (i == 0 || i == 1) {
        pair.compareLookups();
      }
    }
    assertThat(core.deadlocks()).hasSize(64);
    closeCircle("long", 70);
    assertThat(core.deadlocks().getLast().getLength()).isEqualTo(70);
    assertThat(core.deadlocks().getLast().getMembersCount()).isEqualTo(64);
    pair.compareLookups();
    reload();
  }

  /** So many owners each hold one lock and wait for the next one's. */
  private void closeCircle(String name, int length) {
    apply(times(length, i -> acquire(name + i, name + i, 0)));
    apply(times(length, i -> acquire(name + i, name + (i + 1) % length, -1)));
  }

  /** Core goes on from a snapshot; the state is the same. */
  private void reload() {
    LockStateMachine restored = LockStateMachine.restore(core.image().records());
    assertThat(restored.stateHash()).isEqualTo(core.stateHash());
    assertThat(restored.deadlocks()).isEqualTo(core.deadlocks());
    assertThat(restored.nextDeadlineMillis()).isEqualTo(core.nextDeadlineMillis());
  }

  private static Acknowledged everyOther(int count) {
    Acknowledged.Builder acknowledged = Acknowledged.newBuilder();
    for (long i = 0; i < count; i++) {
      acknowledged.addRanges(5 + 2 * i).addRanges(5 + 2 * i);
    }
    return acknowledged.build();
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

  private Request acquireSixtyFour(int grant) {
    Acquire.Builder acquire = Acquire.newBuilder().setOwner("t" + grant);
    for (int j = 0; j < 64; j++) {
      acquire.addDemands(
          Demand.newBuilder().setLock("value" + (64 * grant + j)).setMode(LockMode.LOCK_MODE_X));
    }
    return Request.newBuilder().setSequence(++sequence).setAcquire(acquire).build();
  }

  private Request setValue(long token, String lock, boolean remove) {
    return Request.newBuilder()
        .setSequence(++sequence)
        .setSetValue(
            SetValue.newBuilder()
                .setToken(token)
                .setLock(lock)
                .setRemove(remove)
                .setValue(ByteString.copyFromUtf8(remove ? "" : "v")))
        .build();
  }

  private static Request resolve(long number) {
    return Request.newBuilder()
        .setSequence(number)
        .setResolve(Resolve.getDefaultInstance())
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
    return pair.apply(entry(List.of(command(acknowledged, request)))).outcomes();
  }

  private static Command command(Acknowledged acknowledged, Request request) {
    return Command.newBuilder()
        .setRequest(
            SessionRequest.newBuilder()
                .setSessionId(1)
                .setAcknowledged(acknowledged)
                .setRequest(request))
        .build();
  }

  private List<ModelOutcome> force(int number) {
    return force(sixteenBytes(number));
  }

  private List<ModelOutcome> force(ByteString operationId) {
    return pair.apply(
            entry(
                List.of(
                    Command.newBuilder()
                        .setForceRelease(
                            ForceRelease.newBuilder()
                                .setOperationId(operationId)
                                .setLock("lock")
                                .setToken(1))
                        .build())))
        .outcomes();
  }

  private void ask(int number) {
    ask(sixteenBytes(number));
  }

  private void ask(ByteString operationId) {
    pair.apply(
        entry(
            List.of(
                Command.newBuilder()
                    .setAskRevocation(
                        AskRevocation.newBuilder()
                            .setOperationId(operationId)
                            .setLock("lock")
                            .setToken(1))
                    .build())));
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
