package dev.holdfast.server.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.peer.v1.PeerMessage;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ProposalOutcome;
import dev.holdfast.replication.ReadListener;
import dev.holdfast.replication.ReadOutcome;
import dev.holdfast.server.watch.WatchLimits;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A leader whose log does what the test wants, and what clients of its doors were told. */
final class DoorBench implements NodeLog, Peers, MapView {
  private record Proposal(LogEntry entry, ProposalListener listener) {}

  final FakeClock clock = new FakeClock();
  final NodeCore core;
  LockStateMachine machine = new LockStateMachine();
  private final List<Proposal> proposals = new ArrayList<>();
  private final List<ReadListener> reads = new ArrayList<>();
  private final Map<String, List<String>> told = new HashMap<>();
  private long index;

  DoorBench(AdmissionLimits limits) {
    NodeId id = new NodeId("n1");
    core =
        new NodeCore(
            new NodeIdentity(id, "n1:5470", "test", Map.of()),
            limits,
            WatchLimits.DEFAULT,
            ProposerSettings.DEFAULT,
            clock,
            new SplittableRandom(1),
            this,
            this,
            this);
    core.onLeaderChanged(id, 1);
    core.onLeadershipGained(1);
    core.settle();
  }

  static ByteString sixteen(String name) {
    return ByteString.copyFromUtf8((name + "-".repeat(16)).substring(0, 16));
  }

  static ClientOperation client(String name) {
    return ClientOperation.newBuilder()
        .setClient(sixteen(name))
        .setClientId(new UUID(1, 1).toString())
        .setLabel(name)
        .setTtlMillis(10_000)
        .build();
  }

  static Request acquire(String lock) {
    return Request.newBuilder()
        .setAcquire(
            Acquire.newBuilder()
                .setOwner("door")
                .setWaitMillis(-1)
                .addDemands(Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X)))
        .build();
  }

  Request release(String lock) {
    return machine.locks("", "", 100).stream()
        .filter(each -> each.name().equals(lock))
        .map(each -> each.holders().getFirst().token())
        .map(token -> Request.newBuilder().setRelease(Release.newBuilder().setToken(token)).build())
        .findFirst()
        .orElseThrow();
  }

  static Command command(String client, String operation, Request request) {
    return Command.newBuilder()
        .setClientOperation(
            client(client).toBuilder().setOperationId(sixteen(operation)).setRequest(request))
        .build();
  }

  /** Asks; what comes of it is told under the operation's name. */
  Runnable ask(String client, String operation, Request request) {
    Runnable cancel = core.request(client(client), sixteen(operation), request, hears(operation));
    core.settle();
    return () -> {
      cancel.run();
      core.settle();
    };
  }

  Consumer<Answer> hears(String operation) {
    return answer -> tell(operation, inWords(answer));
  }

  void tell(String to, String what) {
    told.computeIfAbsent(to, _ -> new ArrayList<>()).add(what);
  }

  private static String inWords(Answer answer) {
    return answer.hasRefused()
        ? answer.getRefused().getReason().name()
        : answer.getResultCase().name();
  }

  /** What was told since the last time. */
  List<String> told(String operation) {
    List<String> all = told.remove(operation);
    return all == null ? List.of() : all;
  }

  /** The commands that wait for a commit, or have been lost. */
  List<Command> proposed() {
    return proposals.stream().flatMap(each -> each.entry().getCommandsList().stream()).toList();
  }

  /** All that was proposed is committed and applied, and what follows from it as well. */
  void commit() {
    while (!proposals.isEmpty() || !reads.isEmpty()) {
      List<Proposal> now = List.copyOf(proposals);
      proposals.clear();
      for (Proposal proposal : now) {
        apply(proposal.entry());
        proposal.listener().onOutcome(ProposalOutcome.COMMITTED);
      }
      answerReads(ReadOutcome.APPLIED);
      core.settle();
    }
  }

  void answerReads(ReadOutcome outcome) {
    List<ReadListener> now = List.copyOf(reads);
    reads.clear();
    now.forEach(each -> each.onOutcome(outcome));
    core.settle();
  }

  /** An entry that another node has brought into the log. */
  void applied(Command... commands) {
    apply(
        LogEntry.newBuilder()
            .setClockMillis(machine.clockMillis())
            .addAllCommands(List.of(commands))
            .build());
    core.settle();
  }

  private void apply(LogEntry entry) {
    var outcome = machine.apply(entry);
    core.onApplied(new AppliedEntry(++index, 1, entry, outcome, machine.nextDeadlineMillis()));
  }

  /** As {@link #applied}, but this node hears of it by a snapshot. */
  void restored(Command... commands) {
    LockStateMachine other = LockStateMachine.restore(machine.image().records());
    other.apply(
        LogEntry.newBuilder()
            .setClockMillis(machine.clockMillis())
            .addAllCommands(List.of(commands))
            .build());
    machine = other;
    core.onRestored(machine.revision(), machine.clockMillis(), machine.nextDeadlineMillis());
    core.settle();
  }

  void passSeconds(long seconds) {
    clock.advanceMillis(1_000 * seconds);
    core.settle();
  }

  @Override
  public void propose(long term, byte[] bytes, ProposalListener listener) {
    try {
      LogEntry entry = LogEntry.parseFrom(bytes);
      proposals.add(new Proposal(entry, listener));
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void readIndex(ReadListener listener) {
    reads.add(listener);
  }

  @Override
  public boolean send(NodeId to, PeerMessage message) {
    return false;
  }

  @Override
  public <T extends @Nullable Object> T read(Function<LockStateMachine, T> query) {
    return query.apply(machine);
  }
}
