package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.replication.ReadOutcome;
import dev.holdfast.server.node.ReadBarrier.Passage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadBarrierTest {
  private static final class Questions implements NodeLog {
    final Deque<ReadListener> open = new ArrayDeque<>();

    @Override
    public void propose(long term, byte[] entry, ProposalListener listener) {
      throw new AssertionError("reads propose nothing");
    }

    @Override
    public void readIndex(ReadListener listener) {
      open.add(listener);
    }
  }

  private final FakeClock nanos = new FakeClock();
  private final Questions log = new Questions();
  private final ReadBarrier barrier = new ReadBarrier(nanos, log, 3);
  private final List<Passage> heard = new ArrayList<>();

  @Test
  void reads_that_wait_together_share_one_question() {
    barrier.await(heard::add);
    barrier.await(heard::add);
    barrier.send();
    barrier.send();
    assertThat(log.open).hasSize(1);
    log.open.remove().onOutcome(ReadOutcome.APPLIED);
    assertThat(heard).containsExactly(Passage.PASSED, Passage.PASSED);
  }

  @Test
  void a_read_that_comes_later_does_not_pass_on_an_earlier_question() {
    barrier.await(heard::add);
    barrier.send();
    barrier.await(heard::add);
    barrier.send();
    assertThat(log.open).hasSize(1);
    log.open.remove().onOutcome(ReadOutcome.APPLIED);
    assertThat(heard).hasSize(1);
    barrier.send();
    log.open.remove().onOutcome(ReadOutcome.APPLIED);
    assertThat(heard).hasSize(2);
  }

  @Test
  void a_failed_question_is_asked_again_after_a_pause() {
    barrier.await(heard::add);
    barrier.send();
    log.open.remove().onOutcome(ReadOutcome.FAILED);
    barrier.send();
    assertThat(log.open).isEmpty();
    assertThat(barrier.nanosUntilDue(nanos.nanoTime())).isEqualTo(50_000_000);
    nanos.advanceMillis(50);
    barrier.send();
    log.open.remove().onOutcome(ReadOutcome.APPLIED);
    assertThat(heard).containsExactly(Passage.PASSED);
  }

  @Test
  void without_a_leader_a_read_fails_after_three_seconds() {
    barrier.await(heard::add);
    for (int i = 0; i < 100 && heard.isEmpty(); i++) {
      barrier.send();
      log.open.remove().onOutcome(ReadOutcome.FAILED);
      nanos.advanceMillis(50);
    }
    assertThat(heard).containsExactly(Passage.NO_LEADER);
    assertThat(nanos.nanoTime()).isBetween(-2_000_000_000L, -1_900_000_000L);
  }

  @Test
  void more_reads_than_there_is_room_for_are_refused() {
    barrier.await(heard::add);
    barrier.send();
    barrier.await(heard::add);
    barrier.await(heard::add);
    barrier.await(heard::add);
    assertThat(heard).containsExactly(Passage.OVERLOADED);
    log.open.remove().onOutcome(ReadOutcome.APPLIED);
    barrier.await(heard::add);
    assertThat(heard).containsExactly(Passage.OVERLOADED, Passage.PASSED);
  }
}
