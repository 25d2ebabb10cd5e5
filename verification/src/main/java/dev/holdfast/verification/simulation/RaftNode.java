package dev.holdfast.verification.simulation;

import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.replication.ReadOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * The simulated log as one node sees it: Raft as in its paper (Ongaro and Ousterhout, 2014), figure
 * 2 with snapshots and read indexes, over a network and disks that are as bad as the seed says. It
 * takes the place of the engine, which is tried by itself on real processes, and is not a line of
 * the product: what matters here is that all that a log may do to a node, it does.
 */
final class RaftNode {
  static final long ELECTION_NANOS = 500 * Scheduler.MILLI;
  private static final long HEARTBEAT_NANOS = 100 * Scheduler.MILLI;
  private static final long READ_PATIENCE_NANOS = Scheduler.SECOND;
  private static final int RECORDS_A_MESSAGE = 64;

  enum Role {
    FOLLOWER,
    CANDIDATE,
    LEADER
  }

  private final Universe universe;
  private final int self;
  private final SimulatedNode host;
  final RaftDisk disk;
  private final RaftLeader leading;
  private final TreeMap<Long, ProposalListener> proposals = new TreeMap<>();
  private final TreeMap<Long, ReadListener> reads = new TreeMap<>();
  private final TreeMap<Long, List<ReadListener>> readsAwaitingApply = new TreeMap<>();
  private final boolean[] votes;

  private Role role = Role.FOLLOWER;
  private int leader = -1;
  private long commit;
  private long applied;
  private long matched;
  private long heardNanos;

  /** When a leader said something, or this node led; unlike the other, no candidacy changes it. */
  private long wordNanos;

  private long patienceNanos;
  private boolean forcing;
  private boolean told;
  private boolean accepting;
  private long nextRead;

  RaftNode(Universe universe, int self, SimulatedNode host, RaftDisk disk) {
    this.universe = universe;
    this.self = self;
    this.host = host;
    this.disk = disk;
    this.votes = new boolean[universe.faults.nodes()];
    this.leading = new RaftLeader(universe, this, self);
  }

  /** Begins a life: with what the disk holds, and nothing known to be committed beyond it. */
  void start() {
    RaftSnapshot snapshot = disk.snapshot;
    if (snapshot != null) {
      commit = snapshot.index();
      applied = snapshot.index();
      host.restore(snapshot, applied);
    }
    hearLeader();
    tick();
  }

  int self() {
    return self;
  }

  Role role() {
    return role;
  }

  /** Leads, and takes proposals. */
  boolean isAccepting() {
    return role == Role.LEADER && accepting;
  }

  int leader() {
    return leader;
  }

  long term() {
    return disk.term;
  }

  long commit() {
    return commit;
  }

  long applied() {
    return applied;
  }

  /** How long this node has had no word of a leader or, as leader, of a majority. */
  long silenceNanos() {
    return universe.scheduler.nowNanos()
        - (role == Role.LEADER ? leading.majorityHeardNanos() : heardNanos);
  }

  /** The same, as the log tells it: to stand for leader is no word of one. */
  long leaderSilenceNanos() {
    return role == Role.LEADER ? silenceNanos() : universe.scheduler.nowNanos() - wordNanos;
  }

  private void hearLeader() {
    hear();
    wordNanos = universe.scheduler.nowNanos();
  }

  private void hear() {
    heardNanos = universe.scheduler.nowNanos();
    patienceNanos = ELECTION_NANOS + universe.dice.between(0, ELECTION_NANOS / 2);
  }

  private void tick() {
    if (role == Role.LEADER) {
      leading.heartbeat();
      if (silenceNanos() > ELECTION_NANOS) {
        follow(disk.term, -1);
      }
    } else if (universe.scheduler.nowNanos() - heardNanos > patienceNanos) {
      stand();
    }
    host.onOtherThreadAfter(HEARTBEAT_NANOS, this::tick);
  }

  // Elections

  private void stand() {
    hear();
    if (!disk.voter) {
      return;
    }
    disk.term++;
    disk.votedFor = self;
    loseLeader();
    role = Role.CANDIDATE;
    Arrays.fill(votes, false);
    votes[self] = true;
    universe.trace.tell(host.name, "stands for term", disk.term);
    long last = disk.lastIndex();
    broadcast(new RaftMessage.Vote(disk.term, self, last, disk.termAt(last)));
    maybeLead();
  }

  private void onVote(RaftMessage.Vote vote) {
    long last = disk.lastIndex();
    long lastTerm = disk.termAt(last);
    boolean upToDate =
        vote.lastTerm() > lastTerm || (vote.lastTerm() == lastTerm && vote.lastIndex() >= last);
    boolean free = disk.votedFor == -1 || disk.votedFor == vote.from();
    boolean granted = disk.voter && vote.term() == disk.term && free && upToDate;
    if (granted) {
      disk.votedFor = vote.from();
      hear();
    }
    send(vote.from(), new RaftMessage.VoteReply(disk.term, self, granted));
  }

  private void onVoteReply(RaftMessage.VoteReply reply) {
    if (role == Role.CANDIDATE && reply.term() == disk.term && reply.granted()) {
      votes[reply.from()] = true;
      maybeLead();
    }
  }

  private void maybeLead() {
    int count = 0;
    for (boolean vote : votes) {
      count += vote ? 1 : 0;
    }
    if (count > votes.length / 2) {
      role = Role.LEADER;
      leader = self;
      accepting = false;
      leading.begin();
      append(new RaftRecord(disk.term, null));
      leading.replicateToAll();
    }
  }

  /** A follower of whoever leads that term; -1 if that is not known. */
  private void follow(long term, int newLeader) {
    if (term > disk.term) {
      disk.term = term;
      disk.votedFor = -1;
    }
    if (role == Role.LEADER) {
      stopLeading();
    }
    role = Role.FOLLOWER;
    if (newLeader != leader || (newLeader != -1 && !told)) {
      matched = 0;
      loseLeader();
      leader = newLeader;
      if (newLeader != -1) {
        told = true;
        host.leaderChanged(newLeader, disk.term);
      }
    }
  }

  private void loseLeader() {
    if (leader != -1 && told) {
      host.leaderChanged(-1, disk.term);
    }
    told = false;
    leader = -1;
  }

  private void stopLeading() {
    wordNanos = universe.scheduler.nowNanos();
    universe.trace.tell(host.name, "leads no more", disk.term);
    leading.end();
    if (accepting) {
      accepting = false;
      host.leadershipLost();
      told = true;
    }
    loseLeader();
    loseProposals();
  }

  private void loseProposals() {
    List<ProposalListener> lost = new ArrayList<>(proposals.values());
    proposals.clear();
    lost.forEach(listener -> listener.onOutcome(ProposalOutcome.OUTCOME_UNKNOWN));
  }

  /** Gives the leadership up, or seems to: a transfer may come to nothing. */
  void depose(boolean inEarnest) {
    if (role != Role.LEADER || !accepting) {
      return;
    }
    if (inEarnest) {
      follow(disk.term, -1);
      heardNanos = universe.scheduler.nowNanos() + ELECTION_NANOS;
      return;
    }
    universe.trace.tell(host.name, "transfer that comes to nothing", disk.term);
    accepting = false;
    host.leadershipLost();
    host.leaderChanged(-1, disk.term);
    long term = disk.term;
    host.onOtherThreadAfter(
        universe.dice.between(0, 100 * Scheduler.MILLI),
        () -> {
          if (role == Role.LEADER && disk.term == term && !accepting) {
            accepting = true;
            host.leaderChanged(self, term);
            host.leadershipGained(term);
          }
        });
  }

  // The log

  void propose(long term, byte[] entry, ProposalListener listener) {
    boolean lost = universe.dice.chance(universe.faults.proposalLoss());
    boolean twice = universe.dice.chance(universe.faults.proposalDuplicates());
    long delay =
        universe.dice.chance(universe.faults.proposalDelays())
            ? universe.dice.between(0, 20 * Scheduler.MILLI)
            : universe.dice.between(0, 20 * Scheduler.MICRO);
    host.onOtherThreadAfter(
        delay,
        () -> {
          if (lost || role != Role.LEADER || !accepting || term != disk.term) {
            listener.onOutcome(ProposalOutcome.OUTCOME_UNKNOWN);
            return;
          }
          append(new RaftRecord(term, entry));
          proposals.put(disk.lastIndex(), listener);
          if (twice) {
            append(new RaftRecord(term, entry));
          }
          leading.replicateToAll();
        });
  }

  private void append(RaftRecord record) {
    disk.append(record);
    force();
  }

  private void force() {
    if (forcing || disk.forcedIndex() >= disk.lastIndex()) {
      return;
    }
    forcing = true;
    long upTo = disk.lastIndex();
    long term = disk.termAt(upTo);
    host.onOtherThreadAfter(
        universe.dice.around(universe.faults.fsyncNanos()),
        () -> {
          forcing = false;
          if (disk.termAt(upTo) == term) {
            disk.force(upTo);
          }
          if (role == Role.LEADER) {
            leading.maybeCommit();
          } else if (leader != -1 && leader != self) {
            acknowledge(0);
          }
          force();
        });
  }

  private void acknowledge(long round) {
    long durable = Math.min(matched, disk.forcedIndex());
    send(leader, new RaftMessage.AppendReply(disk.term, self, true, durable, round));
  }

  private void onAppend(RaftMessage.Append append) {
    if (append.term() < disk.term) {
      send(
          append.from(),
          new RaftMessage.AppendReply(disk.term, self, false, disk.lastIndex(), append.round()));
      return;
    }
    follow(append.term(), append.from());
    hearLeader();
    long previous = append.previousIndex();
    boolean known = previous < disk.firstIndex() || disk.termAt(previous) == append.previousTerm();
    if (previous > disk.lastIndex() || !known) {
      long hint = Math.max(commit, Math.min(disk.lastIndex(), previous - 1));
      send(
          append.from(), new RaftMessage.AppendReply(disk.term, self, false, hint, append.round()));
      return;
    }
    takeIn(append);
    matched = Math.max(matched, previous + append.records().size());
    commitTo(Math.min(append.commit(), matched));
    acknowledge(append.round());
  }

  private void takeIn(RaftMessage.Append append) {
    long index = append.previousIndex();
    for (RaftRecord record : append.records()) {
      index++;
      if (index < disk.firstIndex()) {
        continue;
      }
      if (index <= disk.lastIndex() && disk.termAt(index) != record.term()) {
        if (index <= commit) {
          throw new IllegalStateException("the simulated log would change a committed record");
        }
        disk.truncateAfter(index - 1);
      }
      if (index > disk.lastIndex()) {
        disk.append(record);
      }
    }
    force();
  }

  private void onInstall(RaftMessage.Install install) {
    if (install.term() < disk.term) {
      send(
          install.from(),
          new RaftMessage.AppendReply(disk.term, self, false, disk.lastIndex(), install.round()));
      return;
    }
    follow(install.term(), install.from());
    hearLeader();
    RaftSnapshot snapshot = install.snapshot();
    if (snapshot.index() > applied) {
      universe.trace.tell(host.name, "installs the snapshot of", snapshot.index());
      disk.install(snapshot);
      applied = snapshot.index();
      commit = Math.max(commit, applied);
      host.restore(snapshot, applied);
      releaseReads();
    }
    matched = Math.max(matched, snapshot.index());
    acknowledge(install.round());
  }

  void commitTo(long index) {
    if (index <= commit) {
      return;
    }
    commit = index;
    while (applied < commit) {
      applied++;
      RaftRecord record = disk.record(applied);
      byte[] entry = record.entry();
      if (entry != null) {
        host.apply(applied, record.term(), entry);
      } else if (role == Role.LEADER && record.term() == disk.term) {
        universe.trace.tell(host.name, "leads term", disk.term);
        accepting = true;
        told = true;
        host.leaderChanged(self, disk.term);
        host.leadershipGained(disk.term);
      }
      ProposalListener listener = proposals.remove(applied);
      if (listener != null) {
        listener.onOutcome(ProposalOutcome.COMMITTED);
      }
    }
    releaseReads();
  }

  /** Writes a snapshot of what is applied and forgets the log before it. */
  void takeSnapshot() {
    RaftSnapshot last = disk.snapshot;
    if (applied > (last == null ? 0 : last.index())) {
      disk.keep(new RaftSnapshot(applied, disk.termAt(applied), host.snapshot(applied)));
    }
  }

  // Reads

  void readIndex(ReadListener listener) {
    long id = nextRead++;
    reads.put(id, listener);
    if (role == Role.LEADER) {
      leading.onQuestion(new RaftMessage.ReadQuestion(disk.term, self, id));
    } else if (leader != -1) {
      send(leader, new RaftMessage.ReadQuestion(disk.term, self, id));
    }
    host.onOtherThreadAfter(READ_PATIENCE_NANOS, () -> onReadIndex(id, -1));
  }

  void onReadIndex(long id, long index) {
    ReadListener listener = reads.remove(id);
    if (listener == null) {
      return;
    }
    if (index < 0) {
      listener.onOutcome(ReadOutcome.FAILED);
    } else if (index <= applied) {
      listener.onOutcome(ReadOutcome.APPLIED);
    } else {
      readsAwaitingApply.computeIfAbsent(index, _ -> new ArrayList<>()).add(listener);
    }
  }

  private void releaseReads() {
    while (!readsAwaitingApply.isEmpty() && readsAwaitingApply.firstKey() <= applied) {
      readsAwaitingApply
          .pollFirstEntry()
          .getValue()
          .forEach(listener -> listener.onOutcome(ReadOutcome.APPLIED));
    }
  }

  // Messages

  void onMessage(RaftMessage message) {
    boolean sticky =
        message instanceof RaftMessage.Vote && leader != -1 && silenceNanos() < ELECTION_NANOS;
    if (sticky) {
      return;
    }
    if (message.term() > disk.term) {
      boolean fromLeader =
          message instanceof RaftMessage.Append || message instanceof RaftMessage.Install;
      follow(message.term(), fromLeader ? message.from() : -1);
    }
    switch (message) {
      case RaftMessage.Append append -> onAppend(append);
      case RaftMessage.AppendReply reply -> leading.onReply(reply);
      case RaftMessage.Vote vote -> onVote(vote);
      case RaftMessage.VoteReply reply -> onVoteReply(reply);
      case RaftMessage.Install install -> onInstall(install);
      case RaftMessage.ReadQuestion question -> leading.onQuestion(question);
      case RaftMessage.ReadReply reply -> onReadIndex(reply.id(), reply.index());
    }
  }

  void broadcast(RaftMessage message) {
    for (int node = 0; node < votes.length; node++) {
      if (node != self) {
        send(node, message);
      }
    }
  }

  void send(int to, RaftMessage message) {
    SimulatedNode receiver = universe.nodes.get(to);
    universe.network.send(Network.Channel.ENGINE, self, to, () -> receiver.raft.onMessage(message));
  }

  int recordsAMessage() {
    return RECORDS_A_MESSAGE;
  }
}
