package dev.holdfast.server.door.plain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Granted;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Released;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.Request.ActionCase;
import dev.holdfast.server.door.DoorClient;
import dev.holdfast.server.door.DoorClients;
import dev.holdfast.server.door.OperationIds;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What happens to a taking of which nothing became known. */
class PlainLocksTest {
  private static final DoorClient ADA = client("ada");
  private static final DoorClient BOB = client("bob");
  private static final Answer NO_LEADER =
      Answer.newBuilder()
          .setRefused(Refused.newBuilder().setReason(RefusalReason.NO_LEADER))
          .build();
  private static final Answer CANCELLED =
      Answer.newBuilder()
          .setRefused(Refused.newBuilder().setReason(RefusalReason.CANCELLED))
          .build();
  private static final Answer GRANTED =
      Answer.newBuilder().setGranted(Granted.newBuilder().setToken(7)).build();
  private static final Answer RELEASED =
      Answer.newBuilder().setReleased(Released.getDefaultInstance()).build();

  private final ScriptedCluster cluster = new ScriptedCluster();
  private final PlainLocks locks = new PlainLocks(cluster, OperationIds.random(), "test");

  private static DoorClient client(String name) {
    return new DoorClient("test/" + name, name, name, 10_000, 1);
  }

  /** Answers when the test says so. */
  private static final class ScriptedCluster implements DoorClients {
    private record Asked(String client, ActionCase action, Consumer<Answer> asker) {}

    private final List<Asked> waiting = new ArrayList<>();

    @Override
    public Runnable request(
        DoorClient client, ByteString operationId, Request request, Consumer<Answer> asker) {
      waiting.add(new Asked(client.label(), request.getActionCase(), asker));
      return () -> {};
    }

    /** What was asked for and has no answer. */
    List<String> waiting() {
      return waiting.stream().map(each -> each.client() + " " + each.action()).toList();
    }

    /** Answers what was asked for first. */
    void answer(Answer answer) {
      waiting.removeFirst().asker().accept(answer);
    }

    @Override
    public void renew(DoorClient client, Consumer<Boolean> asker) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void end(DoorClient client, Runnable done) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> void read(
        boolean linearizable,
        Function<LockStateMachine, T> query,
        BiConsumer<@Nullable T, @Nullable String> asker) {
      throw new UnsupportedOperationException();
    }
  }

  private List<Answer> take(DoorClient client, String lock) {
    List<Answer> answers = new ArrayList<>();
    locks.tryLock(client, lock, answers::add);
    return answers;
  }

  @Test
  void what_is_being_undone_is_not_taken_for_what_the_client_has() {
    List<Answer> first = take(ADA, "x");
    cluster.answer(NO_LEADER);
    assertThat(first).containsExactly(NO_LEADER);
    assertThat(cluster.waiting()).containsExactly("ada RESOLVE");
    List<Answer> again = take(ADA, "x");
    assertThat(cluster.waiting()).as("not before it is undone").containsExactly("ada RESOLVE");
    cluster.answer(GRANTED);
    assertThat(cluster.waiting()).containsExactly("ada RELEASE");
    cluster.answer(RELEASED);
    assertThat(cluster.waiting()).containsExactly("ada ACQUIRE");
    cluster.answer(GRANTED);
    assertThat(again).containsExactly(GRANTED);
    assertThat(first).hasSize(1);
    List<Answer> third = take(ADA, "y");
    cluster.answer(GRANTED);
    assertThat(third).containsExactly(GRANTED);
    assertThat(cluster.waiting()).isEmpty();
  }

  private void tryForAMinute() {
    for (int i = 0; i < 6; i++) {
      assertThat(cluster.waiting()).containsExactly("ada RESOLVE");
      cluster.answer(NO_LEADER);
    }
    assertThat(cluster.waiting()).isEmpty();
  }

  /** Its end would never come. */
  @Test
  void while_the_session_is_kept_it_is_undone_however_late() {
    locks.keep(ADA);
    take(ADA, "x");
    cluster.answer(NO_LEADER);
    tryForAMinute();
    locks.undoLeftOver(BOB);
    locks.undoLeftOver(ADA);
    locks.undoLeftOver(ADA);
    assertThat(cluster.waiting()).containsExactly("ada RESOLVE");
    cluster.answer(NO_LEADER);
    locks.undoLeftOver(ADA);
    cluster.answer(GRANTED);
    assertThat(cluster.waiting()).containsExactly("ada RELEASE");
    cluster.answer(NO_LEADER);
    locks.undoLeftOver(ADA);
    cluster.answer(GRANTED);
    cluster.answer(RELEASED);
    locks.undoLeftOver(ADA);
    assertThat(cluster.waiting()).isEmpty();
  }

  @Test
  void what_is_left_to_be_undone_is_undone_before_anything_else_is_taken() {
    locks.keep(ADA);
    take(ADA, "x");
    cluster.answer(NO_LEADER);
    tryForAMinute();
    List<Answer> again = take(ADA, "x");
    assertThat(cluster.waiting()).containsExactly("ada RESOLVE");
    cluster.answer(CANCELLED);
    cluster.answer(GRANTED);
    assertThat(again).containsExactly(GRANTED);
  }

  @Test
  void when_the_session_is_not_kept_its_end_undoes_it() {
    locks.keep(ADA);
    take(ADA, "x");
    cluster.answer(NO_LEADER);
    tryForAMinute();
    locks.leave(ADA);
    locks.undoLeftOver(ADA);
    assertThat(cluster.waiting()).isEmpty();
    take(BOB, "x");
    cluster.answer(NO_LEADER);
    for (int i = 0; i < 6; i++) {
      cluster.answer(NO_LEADER);
    }
    locks.undoLeftOver(BOB);
    assertThat(cluster.waiting()).isEmpty();
    take(BOB, "x");
    assertThat(cluster.waiting()).containsExactly("bob ACQUIRE");
  }

  @Test
  void who_asks_again_without_a_leader_is_told_so_and_nothing_more_is_to_be_undone() {
    take(ADA, "x");
    cluster.answer(NO_LEADER);
    List<Answer> again = take(ADA, "y");
    List<Answer> other = take(BOB, "x");
    assertThat(cluster.waiting()).containsExactly("ada RESOLVE", "bob ACQUIRE");
    cluster.answer(NO_LEADER);
    assertThat(again).containsExactly(NO_LEADER);
    cluster.answer(GRANTED);
    assertThat(other).containsExactly(GRANTED);
    assertThat(cluster.waiting()).containsExactly("ada RESOLVE");
    List<Answer> last = take(ADA, "x");
    cluster.answer(CANCELLED);
    cluster.answer(GRANTED);
    assertThat(last).containsExactly(GRANTED);
    assertThat(again).hasSize(1);
    assertThat(cluster.waiting()).isEmpty();
  }
}
