package dev.holdfast.replication.founding;

import dev.holdfast.replication.DataRefusedException;
import dev.holdfast.replication.ExitCode;
import dev.holdfast.replication.FatalHandler;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.MembershipException;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.replication.ReplicationConfig;
import dev.holdfast.replication.Role;
import dev.holdfast.replication.disk.DataDirectory;
import dev.holdfast.replication.disk.FoundingRecord;
import dev.holdfast.replication.disk.NodeRecord;
import dev.holdfast.replication.peer.Frame;
import dev.holdfast.replication.peer.InboundStream;
import dev.holdfast.replication.peer.Peer;
import dev.holdfast.replication.peer.PeerTransport;
import dev.holdfast.replication.peer.RequestHandler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when this node may start its engine, and answers the nodes that ask themselves the same.
 *
 * <p>A disk that has voted starts at once. An empty one asks the other initial members in rounds,
 * as {@link FoundingDecision} says, or waits for a leader's order.
 */
public final class Admission implements RequestHandler {
  private static final Logger log = LoggerFactory.getLogger(Admission.class);

  private static final long ANSWER_TIMEOUT_MILLIS = 300;
  private static final long ROUND_MILLIS_MIN = 20;
  private static final long ROUND_MILLIS_MAX = 500;
  private static final long ENLISTMENT_TIMEOUT_MILLIS = 10_000;
  private static final long FIRST_REPORT_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Starts the engine. */
  @FunctionalInterface
  public interface EngineStarter {
    /**
     * Called once.
     *
     * @param members the first members if the log is empty; empty if a leader will name them
     */
    void startEngine(List<Member> members) throws IOException;
  }

  private final ReplicationConfig config;
  private final DataDirectory data;
  private final PeerTransport transport;
  private final ScheduledExecutorService timer;
  private final Executor answering;
  private final EngineStarter starter;
  private final FatalHandler fatalHandler;
  private volatile boolean waiting;
  private @Nullable String promisedDisk;
  private boolean started;
  private long nextReportNanos = System.nanoTime() + FIRST_REPORT_NANOS;

  public Admission(
      ReplicationConfig config,
      DataDirectory data,
      PeerTransport transport,
      ScheduledExecutorService timer,
      Executor answering,
      EngineStarter starter,
      FatalHandler fatalHandler) {
    this.config = config;
    this.data = data;
    this.transport = transport;
    this.timer = timer;
    this.answering = answering;
    this.starter = starter;
    this.fatalHandler = fatalHandler;
  }

  /** What the node is as long as its engine does not run. */
  public Role role() {
    return waiting ? Role.WAITING_TO_JOIN : Role.STARTING;
  }

  /** Starts the engine if that is safe now; otherwise goes on trying in the background. */
  public void begin() throws IOException {
    NodeRecord record = data.record();
    if (record.voter()) {
      start(record);
    } else if (config.initialMembers().size() == 1) {
      act(
          FoundingDecision.decide(
              config.self(), record.disk(), config.initialMembers(), Map.of(), null));
    } else {
      callTheRoll(ROUND_MILLIS_MIN);
    }
  }

  private synchronized void start(NodeRecord record) throws IOException {
    if (started) {
      return;
    }
    started = true;
    FoundingRecord founding = record.founding();
    List<Member> members =
        founding == null || record.incarnation() > 0
            ? List.of()
            : founding.members().stream().map(FoundingRecord.FoundingMember::toMember).toList();
    starter.startEngine(members);
  }

  private void callTheRoll(long nextRoundMillis) {
    RollCall call =
        new RollCall(config.self().value(), data.record().disk(), names(config.initialMembers()));
    Map<NodeId, RollAnswer> answers = new ConcurrentHashMap<>();
    CompletableFuture<?>[] questions =
        config.initialMembers().stream()
            .filter(member -> !member.id().equals(config.self()))
            .map(member -> ask(member, call, answers))
            .toArray(CompletableFuture<?>[]::new);
    var _ =
        CompletableFuture.allOf(questions)
            .whenCompleteAsync(
                (done, failure) -> endRound(answers, nextRoundMillis), this::onTimer);
  }

  /** The timer refuses work only when the node is being closed. */
  private void onTimer(Runnable task) {
    try {
      timer.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("The node closes while it is not admitted yet");
    }
  }

  private CompletableFuture<?> ask(Member member, RollCall call, Map<NodeId, RollAnswer> answers) {
    return transport
        .ask(
            peer(member.id(), member.peerAddress()),
            Questions.ROLL_CALL,
            Questions.encode(call),
            ANSWER_TIMEOUT_MILLIS)
        .handle(
            (body, failure) -> {
              if (body != null) {
                try {
                  answers.put(member.id(), Questions.decode(body, RollAnswer.class));
                } catch (IOException e) {
                  log.warn("{} gave an answer that cannot be read", member.id(), e);
                }
              }
              return null;
            });
  }

  private void endRound(Map<NodeId, RollAnswer> answers, long roundMillis) {
    String promised;
    synchronized (this) {
      if (started) {
        return;
      }
      promised = promisedDisk;
    }
    FoundingDecision decision =
        FoundingDecision.decide(
            config.self(), data.record().disk(), config.initialMembers(), answers, promised);
    try {
      if (act(decision)) {
        return;
      }
    } catch (DataRefusedException e) {
      fatalHandler.onFatal(ExitCode.DATA_REFUSED, String.valueOf(e.getMessage()), e);
      return;
    } catch (IOException e) {
      fatalHandler.onFatal(ExitCode.DISK_FAILED, "the engine could not be started: " + e, e);
      return;
    } catch (RuntimeException | Error e) {
      // Nobody looks at what this task throws, and without it the node would wait for ever.
      fatalHandler.onFatal(ExitCode.ENGINE_FAILED, "the engine could not be started: " + e, e);
      return;
    }
    try {
      long next = Math.min(roundMillis * 2, ROUND_MILLIS_MAX);
      var _ = timer.schedule(() -> callTheRoll(next), roundMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("The node closes while it is not admitted yet");
    }
  }

  /** Returns whether there is nothing more to ask. */
  private boolean act(FoundingDecision decision) throws IOException {
    switch (decision) {
      case FoundingDecision.Wait(String reason) -> {
        if (System.nanoTime() - nextReportNanos > 0) {
          nextReportNanos = System.nanoTime() + REPORT_NANOS;
          log.info("{} waits until all nodes of the new cluster are up: {}", config.self(), reason);
        }
        return false;
      }
      case FoundingDecision.Join(String reason) -> {
        log.warn(
            "{} has an empty disk and waits to be added to the cluster or to replace its former"
                + " self: {}",
            config.self(),
            reason);
        waiting = true;
        return true;
      }
      case FoundingDecision.Begin(FoundingRecord founding) -> {
        become(0, founding);
        return true;
      }
    }
  }

  /** The record is on the disk before the engine can vote. */
  private synchronized void become(int incarnation, @Nullable FoundingRecord founding)
      throws IOException {
    if (started) {
      return;
    }
    data.update(data.record().asVoter(incarnation, founding));
    waiting = false;
    start(data.record());
  }

  /** Hands over, since an answer may have to wait for the disk. */
  @Override
  public void onRequest(InboundStream stream, byte[] frame) {
    try {
      answering.execute(() -> answer(stream, frame));
    } catch (RejectedExecutionException e) {
      stream.fail(frame, "this node stops");
    }
  }

  private void answer(InboundStream stream, byte[] frame) {
    try {
      byte[] body = Frame.body(frame);
      Object answer =
          switch (Frame.type(frame)) {
            case Questions.ROLL_CALL -> answer(Questions.decode(body, RollCall.class));
            case Questions.ENLISTMENT -> enlist(Questions.decode(body, Enlistment.class));
            default -> throw new IOException("unknown question " + Frame.type(frame));
          };
      stream.respond(frame, Frame.of(0, Questions.encode(answer)));
    } catch (IOException | RuntimeException e) {
      log.warn("A question of {} could not be answered", stream.remote(), e);
      stream.fail(frame, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void onClosed(InboundStream stream) {
    // Nothing is kept with a stream.
  }

  private synchronized RollAnswer answer(RollCall call) {
    NodeRecord record = data.record();
    List<String> members = names(config.initialMembers());
    boolean founderAsks =
        config.initialMembers().stream()
            .map(Member::id)
            .min(NodeId::compareTo)
            .filter(founder -> founder.value().equals(call.node()))
            .isPresent();
    if (!record.voter() && founderAsks) {
      promisedDisk = call.disk();
    }
    return new RollAnswer(
        record.node(),
        record.disk(),
        record.voter(),
        members.equals(call.initialMembers()),
        record.founding());
  }

  private EnlistmentAnswer enlist(Enlistment order) throws IOException {
    NodeRecord record = data.record();
    if (record.voter()) {
      boolean repeated = record.incarnation() == order.incarnation();
      return new EnlistmentAnswer(
          repeated, record.incarnation(), repeated ? "" : "its disk is not empty");
    }
    if (order.incarnation() <= 0) {
      return new EnlistmentAnswer(false, record.incarnation(), "an incarnation is positive");
    }
    become(order.incarnation(), order.founding());
    return new EnlistmentAnswer(true, order.incarnation(), "");
  }

  /**
   * Asks a waiting node to start as a voter; the leader calls this before it changes the members.
   *
   * @return completes when the node's engine runs, or with a {@link MembershipException}
   */
  public CompletableFuture<Void> order(NodeId node, String peerAddress, int incarnation) {
    Enlistment order = new Enlistment(incarnation, data.record().founding());
    return transport
        .ask(
            peer(node, peerAddress),
            Questions.ENLISTMENT,
            Questions.encode(order),
            ENLISTMENT_TIMEOUT_MILLIS)
        .handle(
            (body, failure) -> {
              String reason;
              try {
                EnlistmentAnswer answer =
                    body == null ? null : Questions.decode(body, EnlistmentAnswer.class);
                if (answer != null && answer.accepted()) {
                  return null;
                }
                reason = answer == null ? String.valueOf(failure) : answer.reason();
              } catch (IOException e) {
                reason = String.valueOf(e.getMessage());
              }
              throw new MembershipException(
                  MembershipException.Reason.NODE_NOT_WAITING,
                  node + " at " + peerAddress + " did not start to join: " + reason);
            });
  }

  private static Peer peer(NodeId node, String peerAddress) {
    return new Peer(node, PeerAddress.parse(peerAddress));
  }

  private static List<String> names(List<Member> members) {
    return members.stream()
        .map(member -> member.id() + "@" + member.peerAddress())
        .sorted()
        .toList();
  }
}
