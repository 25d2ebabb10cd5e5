package dev.holdfast.verification.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a simulated log keeps while it leads: how far each follower is, and who answered when. */
final class RaftLeader {
  private record Read(RaftMessage.ReadQuestion question, long index, long round) {}

  private final Universe universe;
  private final RaftNode node;
  private final int self;
  private final long[] next;
  private final long[] match;
  private final long[] answeredRound;
  private final long[] heardNanos;
  private final long[] installSentNanos;
  private final List<Read> reads = new ArrayList<>();
  private long round;
  private long firstIndexOfTerm;

  RaftLeader(Universe universe, RaftNode node, int self) {
    this.universe = universe;
    this.node = node;
    this.self = self;
    int size = universe.faults.nodes();
    next = new long[size];
    match = new long[size];
    answeredRound = new long[size];
    heardNanos = new long[size];
    installSentNanos = new long[size];
  }

  void begin() {
    reads.clear();
    Arrays.fill(next, node.disk.lastIndex() + 1);
    Arrays.fill(match, 0);
    Arrays.fill(answeredRound, 0);
    Arrays.fill(heardNanos, universe.scheduler.nowNanos());
    Arrays.fill(installSentNanos, Long.MIN_VALUE / 2);
    round = 1;
    firstIndexOfTerm = node.disk.lastIndex() + 1;
  }

  void end() {
    List<Read> failed = new ArrayList<>(reads);
    reads.clear();
    failed.forEach(read -> reply(read, -1));
  }

  /** The latest moment at which a majority had answered. */
  long majorityHeardNanos() {
    return reachedByMajority(heardNanos, universe.scheduler.nowNanos());
  }

  /** The highest number that a majority of voters has reached. */
  private long reachedByMajority(long[] numbers, long own) {
    long[] sorted = new long[numbers.length];
    for (int i = 0; i < sorted.length; i++) {
      long number = i == self ? own : numbers[i];
      sorted[i] = universe.nodes.get(i).disk().voter ? number : Long.MIN_VALUE;
    }
    Arrays.sort(sorted);
    return sorted[sorted.length - majority()];
  }

  private int majority() {
    return next.length / 2 + 1;
  }

  void heartbeat() {
    round++;
    for (int follower = 0; follower < next.length; follower++) {
      if (follower != self) {
        // What was sent and not acknowledged for a whole interval may be lost.
        if (match[follower] + 1 < next[follower] && answeredRound[follower] < round - 3) {
          next[follower] = match[follower] + 1;
        }
        replicate(follower);
      }
    }
    confirmReads();
  }

  void replicateToAll() {
    for (int follower = 0; follower < next.length; follower++) {
      if (follower != self) {
        replicate(follower);
      }
    }
    maybeCommit();
  }

  private void replicate(int follower) {
    RaftDisk disk = node.disk;
    if (next[follower] < disk.firstIndex()) {
      install(follower);
      return;
    }
    long previous = next[follower] - 1;
    List<RaftRecord> records = disk.from(next[follower], node.recordsAMessage());
    next[follower] += records.size();
    node.send(
        follower,
        new RaftMessage.Append(
            disk.term, self, previous, disk.termAt(previous), records, node.commit(), round));
  }

  private void install(int follower) {
    RaftSnapshot snapshot = node.disk.snapshot;
    long now = universe.scheduler.nowNanos();
    if (snapshot == null || now - installSentNanos[follower] < RaftNode.ELECTION_NANOS) {
      return;
    }
    installSentNanos[follower] = now;
    node.send(follower, new RaftMessage.Install(node.disk.term, self, snapshot, round));
  }

  void onReply(RaftMessage.AppendReply reply) {
    if (node.role() != RaftNode.Role.LEADER || reply.term() != node.disk.term) {
      return;
    }
    int from = reply.from();
    heardNanos[from] = universe.scheduler.nowNanos();
    answeredRound[from] = Math.max(answeredRound[from], reply.round());
    if (reply.accepted()) {
      match[from] = Math.max(match[from], reply.index());
      next[from] = Math.max(next[from], match[from] + 1);
      admit(from);
      maybeCommit();
      if (next[from] <= node.disk.lastIndex()) {
        replicate(from);
      }
    } else {
      if (!universe.nodes.get(from).disk().voter) {
        match[from] = Math.min(match[from], reply.index());
      }
      next[from] = Math.max(match[from] + 1, Math.min(next[from], reply.index() + 1));
      replicate(from);
    }
    confirmReads();
  }

  /**
   * A node whose disk was lost votes again once it has everything that it may have helped to
   * commit. That stands for a change of the members, which the true leader alone could bring about.
   */
  private void admit(int follower) {
    RaftDisk disk = universe.nodes.get(follower).disk();
    if (disk.voter) {
      return;
    }
    boolean newest =
        universe.nodes.stream().allMatch(each -> each.disk().term <= node.disk.term)
            && node.commit() >= firstIndexOfTerm;
    if (newest
        && disk.term == node.disk.term
        && match[follower] >= Math.min(disk.lostIndex, node.commit())) {
      disk.voter = true;
      disk.votedFor = self;
      universe.trace.tell(universe.nodes.get(follower).name, "votes again", match[follower]);
    }
  }

  void maybeCommit() {
    long durable = reachedByMajority(match, node.disk.forcedIndex());
    if (durable > node.commit() && node.disk.termAt(durable) == node.disk.term) {
      node.commitTo(durable);
      for (int follower = 0; follower < match.length; follower++) {
        if (follower != self && next[follower] > node.disk.lastIndex()) {
          replicate(follower);
        }
      }
    }
  }

  void onQuestion(RaftMessage.ReadQuestion question) {
    boolean knows = node.role() == RaftNode.Role.LEADER && node.commit() >= firstIndexOfTerm;
    if (!knows) {
      reply(new Read(question, 0, 0), -1);
      return;
    }
    round++;
    reads.add(new Read(question, node.commit(), round));
    replicateToAll();
    confirmReads();
  }

  private void confirmReads() {
    long confirmed = reachedByMajority(answeredRound, round);
    for (Read read : List.copyOf(reads)) {
      if (read.round() <= confirmed) {
        reads.remove(read);
        reply(read, read.index());
      }
    }
  }

  private void reply(Read read, long index) {
    RaftMessage.ReadQuestion question = read.question();
    if (question.from() == self) {
      node.onReadIndex(question.id(), index);
    } else {
      node.send(
          question.from(), new RaftMessage.ReadReply(node.disk.term, self, question.id(), index));
    }
  }
}
