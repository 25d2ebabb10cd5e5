package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Applied;
import dev.holdfast.core.Event;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.server.watch.WatchLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which commits a node wants the others to know of at once. */
class CommitNewsTest {
  private static final long ELSEWHERE = 77;

  private final List<Long> propagated = new ArrayList<>();
  private final NodeCore core =
      new NodeCore(
          new NodeIdentity(new NodeId("n1"), "n1:5470", "test", Map.of()),
          AdmissionLimits.DEFAULT,
          WatchLimits.DEFAULT,
          ProposerSettings.DEFAULT,
          new FakeClock(),
          new SplittableRandom(1),
          new Listening(),
          (to, message) -> true,
          new EmptyMap());

  private void apply(long index, List<Outcome> outcomes, List<Event> events) {
    Applied applied = new Applied(index, 1_000, outcomes, events);
    core.onApplied(
        new AppliedEntry(index, 1, LogEntry.getDefaultInstance(), applied, Long.MAX_VALUE));
    core.settle();
  }

  @Test
  void answer_to_a_session_at_another_node_is_awaited_there() {
    apply(5, List.of(new Outcome.Answered(ELSEWHERE, 1, Answer.getDefaultInstance())), List.of());
    assertThat(propagated).containsExactly(5L);
    core.settle();
    assertThat(propagated).containsExactly(5L);
  }

  @Test
  void opened_session_and_operators_command_may_be_awaited_elsewhere() {
    apply(6, List.of(new Outcome.Opened(ByteString.EMPTY, 8, 1_000)), List.of());
    apply(
        7, List.of(new Outcome.Operated(ByteString.EMPTY, Answer.getDefaultInstance())), List.of());
    assertThat(propagated).containsExactly(6L, 7L);
  }

  @Test
  void end_of_a_session_at_another_node_is_awaited_there() {
    apply(8, List.of(), List.of(new Event.SessionEnded(8, ELSEWHERE, Event.SessionEnd.EXPIRED)));
    assertThat(propagated).containsExactly(8L);
  }

  @Test
  void entries_whose_outcome_travels_otherwise_or_not_at_all_may_wait() {
    apply(
        9,
        List.of(new Outcome.Renewed(ELSEWHERE, 3, true), new Outcome.Closed(ELSEWHERE)),
        List.of());
    apply(10, List.of(), List.of());
    assertThat(propagated).isEmpty();
  }

  private final class Listening implements NodeLog {
    @Override
    public void propose(long term, byte[] entry, ProposalListener listener) {
      throw new AssertionError("this node never leads");
    }

    @Override
    public void propagateCommit(long index) {
      propagated.add(index);
    }

    @Override
    public void readIndex(ReadListener listener) {
      throw new AssertionError("nobody reads");
    }
  }

  private static final class EmptyMap implements MapView {
    private final LockStateMachine machine = new LockStateMachine();

    @Override
    public <T extends @Nullable Object> T read(Function<LockStateMachine, T> query) {
      return query.apply(machine);
    }
  }
}
