package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Applied;
import dev.holdfast.core.Outcome;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.RenewSession;
import dev.holdfast.protocol.log.v1.SessionRequest;
import dev.holdfast.protocol.peer.v1.Forward;
import dev.holdfast.protocol.peer.v1.Forwarded;
import dev.holdfast.protocol.peer.v1.PeerMessage;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.ReadListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProposerTest {
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");

  private record Proposal(long term, LogEntry entry, ProposalListener listener) {}

  private record Sent(NodeId to, PeerMessage message) {}

  private final FakeClock nanos = new FakeClock();
  private final List<Proposal> proposals = new ArrayList<>();
  private final List<Sent> sent = new ArrayList<>();
  private boolean connected = true;
  private final LeaderClock clock = new LeaderClock(nanos);
  private final DeadlineTicker ticker = new DeadlineTicker(clock);
  private final Proposer proposer =
      new Proposer(
          new ProposerSettings(2, 10_000, 100, 3, 1_000_000_000L, 8_000_000_000L),
          clock,
          ticker,
          nanos,
          new SplittableRandom(1),
          new NodeLog() {
            @Override
            public void propose(long term, byte[] bytes, ProposalListener listener) {
              try {
                proposals.add(new Proposal(term, LogEntry.parseFrom(bytes), listener));
              } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                throw new AssertionError(e);
              }
            }

            @Override
            public void readIndex(ReadListener listener) {
              throw new AssertionError("proposers do not read");
            }
          },
          (to, message) -> connected && sent.add(new Sent(to, message)));

  private void lead() {
    clock.start(3, 1_000);
    proposer.onLeadershipGained(3);
  }

  private void follow(NodeId leader) {
    proposer.onLeaderChanged(leader, 4);
  }

  private static Command acquire(long sequence) {
    return request(Request.newBuilder().setAcquire(Acquire.newBuilder()), sequence);
  }

  private static Command release(long sequence) {
    return request(Request.newBuilder().setRelease(Release.newBuilder()), sequence);
  }

  private static Command request(Request.Builder request, long sequence) {
    return Command.newBuilder()
        .setRequest(
            SessionRequest.newBuilder().setSessionId(1).setRequest(request.setSequence(sequence)))
        .build();
  }

  private static Command renewal(long nonce) {
    return Command.newBuilder()
        .setRenew(RenewSession.newBuilder().setSessionId(1).setNonce(nonce))
        .build();
  }

  private void submit(Command... commands) {
    Arrays.stream(commands).forEach(proposer::submit);
    proposer.send();
  }

  private void commit(Proposal proposal, Outcome... outcomes) {
    apply(proposal.entry(), outcomes);
    proposal.listener().onOutcome(ProposalOutcome.COMMITTED);
    proposer.send();
  }

  private void apply(LogEntry entry, Outcome... outcomes) {
    proposer.onApplied(
        new AppliedEntry(
            1,
            3,
            entry,
            new Applied(1, entry.getClockMillis(), List.of(outcomes), List.of()),
            Long.MAX_VALUE));
  }

  private Forward forwardAt(int index) {
    return sent.get(index).message().getForward();
  }

  private Forwarded forwardedAt(int index) {
    return sent.get(index).message().getForwarded();
  }

  @Test
  void a_lone_command_leaves_at_once_with_a_stamp() {
    lead();
    nanos.advanceMillis(7);
    submit(acquire(1));
    assertThat(proposals).hasSize(1);
    assertThat(proposals.getFirst().term()).isEqualTo(3);
    assertThat(proposals.getFirst().entry().getClockMillis()).isEqualTo(1_007);
  }

  @Test
  void what_arrives_while_the_slots_are_taken_becomes_one_entry() {
    lead();
    submit(acquire(1));
    submit(acquire(2));
    submit(acquire(3));
    submit(acquire(4), release(5));
    assertThat(proposals).hasSize(2);
    commit(proposals.getFirst());
    assertThat(proposals).hasSize(3);
    assertThat(proposals.get(2).entry().getCommandsList())
        .containsExactly(release(5), acquire(3), acquire(4));
  }

  @Test
  void a_renewal_finds_a_slot_of_its_own_once() {
    lead();
    submit(acquire(1));
    submit(acquire(2));
    submit(acquire(3));
    submit(renewal(9));
    assertThat(proposals).hasSize(3);
    assertThat(proposals.get(2).entry().getCommandsList()).containsExactly(renewal(9), acquire(3));
    submit(renewal(10));
    assertThat(proposals).hasSize(3);
  }

  @Test
  void the_same_command_is_taken_once_until_it_is_settled() {
    lead();
    assertThat(proposer.submit(acquire(1))).isTrue();
    assertThat(proposer.submit(acquire(1))).isFalse();
    proposer.send();
    assertThat(proposer.submit(acquire(1))).isFalse();
    commit(proposals.getFirst());
    assertThat(proposer.submit(acquire(1))).isTrue();
  }

  @Test
  void an_unknown_outcome_sends_again_after_a_pause_what_was_not_applied_meanwhile() {
    lead();
    submit(acquire(1), acquire(2));
    Proposal lost = proposals.getFirst();
    lost.listener().onOutcome(ProposalOutcome.OUTCOME_UNKNOWN);
    proposer.send();
    assertThat(proposals).hasSize(1);
    apply(LogEntry.newBuilder().addCommands(acquire(2)).build());
    nanos.advanceNanos(proposer.nanosUntilDue(nanos.nanoTime()));
    proposer.send();
    assertThat(proposals).hasSize(2);
    assertThat(proposals.get(1).entry().getCommandsList()).containsExactly(acquire(1));
  }

  @Test
  void a_large_command_goes_alone_and_nothing_is_held_up_for_ever() {
    lead();
    Command large =
        request(
            Request.newBuilder().setAcquire(Acquire.newBuilder().setOwner("x".repeat(20_000))), 1);
    submit(acquire(2), large, acquire(3));
    assertThat(proposals).hasSize(2);
    assertThat(proposals.get(1).entry().getCommandsList()).containsExactly(large);
  }

  @Test
  void a_follower_forwards_and_keeps_what_is_not_applied_here() {
    follow(N2);
    submit(acquire(1));
    assertThat(sent).hasSize(1);
    assertThat(sent.getFirst().to()).isEqualTo(N2);
    assertThat(forwardAt(0).getPriority()).isFalse();
    assertThat(forwardAt(0).getTerm()).isEqualTo(4);
    proposer.onForwarded(
        Forwarded.newBuilder()
            .setBatchId(forwardAt(0).getBatchId())
            .setStatus(Forwarded.Status.APPLIED)
            .build());
    assertThat(proposer.pending()).hasSize(1);
    apply(LogEntry.newBuilder().addCommands(acquire(1)).build());
    assertThat(proposer.pending()).isEmpty();
    proposer.send();
    assertThat(sent).hasSize(1);
  }

  @Test
  void a_batch_that_is_silent_is_sent_again_after_a_time_that_grows() {
    follow(N2);
    submit(acquire(1));
    long last = 0;
    for (int i = 1; i <= 4; i++) {
      long wait = proposer.nanosUntilDue(nanos.nanoTime());
      assertThat(wait).isGreaterThan(last);
      last = wait;
      nanos.advanceNanos(wait);
      proposer.send();
      assertThat(sent).hasSize(i + 1);
      assertThat(forwardAt(i).getBatchId()).isNotEqualTo(forwardAt(i - 1).getBatchId());
      assertThat(forwardAt(i).getCommandsList()).containsExactly(acquire(1));
    }
  }

  @Test
  void another_leader_gets_at_once_what_the_old_one_had() {
    follow(N2);
    submit(acquire(1), renewal(2));
    follow(N3);
    proposer.send();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1).to()).isEqualTo(N3);
    assertThat(forwardAt(1).getCommandsList()).containsExactly(renewal(2), acquire(1));
  }

  @Test
  void without_a_leader_or_a_connection_everything_waits() {
    submit(acquire(1));
    assertThat(sent).isEmpty();
    connected = false;
    follow(N2);
    proposer.send();
    assertThat(sent).isEmpty();
    connected = true;
    proposer.send();
    assertThat(sent).as("it holds back for a moment").isEmpty();
    proposer.onPeerConnected(N2);
    proposer.send();
    assertThat(sent).hasSize(1);
  }

  @Test
  void an_overloaded_leader_still_gets_what_gives_back() {
    follow(N2);
    submit(acquire(1));
    proposer.onForwarded(
        Forwarded.newBuilder()
            .setBatchId(forwardAt(0).getBatchId())
            .setStatus(Forwarded.Status.REFUSED_OVERLOADED)
            .build());
    submit(release(2), renewal(3));
    assertThat(sent).hasSize(2);
    assertThat(forwardAt(1).getPriority()).isTrue();
    assertThat(forwardAt(1).getCommandsList()).containsExactly(renewal(3), release(2));
    nanos.advanceMillis(20);
    proposer.send();
    assertThat(forwardAt(2).getCommandsList()).containsExactly(acquire(1));
  }

  @Test
  void a_leader_packs_whole_batches_and_tells_their_origin_what_came_of_renewals() {
    lead();
    proposer.onForward(
        N2,
        Forward.newBuilder().setBatchId(5).addCommands(renewal(7)).addCommands(acquire(1)).build());
    submit(acquire(2));
    assertThat(proposals).hasSize(1);
    assertThat(proposals.getFirst().entry().getCommandsList())
        .containsExactly(renewal(7), acquire(1), acquire(2));
    commit(proposals.getFirst(), new Outcome.Renewed(1, 7, true));
    assertThat(forwardedAt(0).getBatchId()).isEqualTo(5);
    assertThat(forwardedAt(0).getStatus()).isEqualTo(Forwarded.Status.APPLIED);
    assertThat(forwardedAt(0).getRenewals(0).getAlive()).isTrue();
    assertThat(forwardedAt(0).getRenewals(0).getClockMillis()).isEqualTo(1_000);
  }

  @Test
  void a_renewal_is_settled_by_the_leaders_outcome() {
    follow(N2);
    submit(renewal(7));
    proposer.onForwarded(
        Forwarded.newBuilder()
            .setBatchId(forwardAt(0).getBatchId())
            .setStatus(Forwarded.Status.APPLIED)
            .addRenewals(
                dev.holdfast.protocol.peer.v1.RenewalOutcome.newBuilder()
                    .setSessionId(1)
                    .setNonce(7)
                    .setAlive(true))
            .build());
    assertThat(proposer.pending()).isEmpty();
  }

  @Test
  void who_does_not_lead_says_so_and_who_stops_leading_gives_everything_back() {
    proposer.onForward(N2, Forward.newBuilder().setBatchId(5).addCommands(acquire(1)).build());
    assertThat(forwardedAt(0).getStatus()).isEqualTo(Forwarded.Status.NOT_LEADER);
    lead();
    proposer.onForward(N2, Forward.newBuilder().setBatchId(6).addCommands(acquire(1)).build());
    submit(acquire(2));
    proposer.onForward(N3, Forward.newBuilder().setBatchId(7).addCommands(acquire(3)).build());
    proposer.onLeadershipLost();
    assertThat(forwardedAt(1).getStatus()).isEqualTo(Forwarded.Status.OUTCOME_UNKNOWN);
    assertThat(forwardedAt(2).getStatus()).isEqualTo(Forwarded.Status.NOT_LEADER);
    follow(N3);
    proposer.send();
    assertThat(forwardAt(3).getCommandsList()).containsExactly(acquire(2));
  }

  @Test
  void a_leader_with_too_much_of_others_refuses_their_ordinary_batches_only() {
    lead();
    for (int i = 0; i < 2; i++) {
      submit(acquire(i + 1));
    }
    proposer.onForward(N2, ordinary(11, 3));
    proposer.onForward(N3, ordinary(12, 1));
    assertThat(forwardedAt(0).getBatchId()).isEqualTo(12);
    assertThat(forwardedAt(0).getStatus()).isEqualTo(Forwarded.Status.REFUSED_OVERLOADED);
    proposer.onForward(
        N3, Forward.newBuilder().setBatchId(13).setPriority(true).addCommands(release(9)).build());
    assertThat(sent).hasSize(1);
  }

  private static Forward ordinary(long batchId, int commands) {
    Forward.Builder forward = Forward.newBuilder().setBatchId(batchId);
    for (int i = 0; i < commands; i++) {
      forward.addCommands(acquire(100 + i));
    }
    return forward.build();
  }

  @Test
  void a_tick_is_an_entry_without_commands_and_takes_every_waiting_renewal() {
    lead();
    ticker.onLeadershipGained(nanos.nanoTime());
    ticker.onApplied(1_000);
    proposer.send();
    assertThat(proposals).hasSize(1);
    assertThat(proposals.getFirst().entry().getCommandsCount()).isZero();
    submit(acquire(1));
    nanos.advanceMillis(400);
    submit(acquire(2), renewal(5));
    assertThat(proposals).hasSize(3);
    assertThat(proposals.get(2).entry().getCommandsList()).containsExactly(renewal(5), acquire(2));
  }
}
