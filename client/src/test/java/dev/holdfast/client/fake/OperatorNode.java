package dev.holdfast.client.fake;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.AddMemberRequest;
import dev.holdfast.protocol.v1.CheckReply;
import dev.holdfast.protocol.v1.CheckRequest;
import dev.holdfast.protocol.v1.ClusterGrpc;
import dev.holdfast.protocol.v1.DumpChunk;
import dev.holdfast.protocol.v1.DumpRequest;
import dev.holdfast.protocol.v1.ForceReleaseReply;
import dev.holdfast.protocol.v1.ForceReleaseRequest;
import dev.holdfast.protocol.v1.GrantView;
import dev.holdfast.protocol.v1.Holder;
import dev.holdfast.protocol.v1.ListLocksReply;
import dev.holdfast.protocol.v1.ListLocksRequest;
import dev.holdfast.protocol.v1.ListSessionsReply;
import dev.holdfast.protocol.v1.ListSessionsRequest;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.LockView;
import dev.holdfast.protocol.v1.LocksGrpc;
import dev.holdfast.protocol.v1.MemberView;
import dev.holdfast.protocol.v1.MembersReply;
import dev.holdfast.protocol.v1.ReadLabel;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.SessionView;
import dev.holdfast.protocol.v1.StatusReply;
import dev.holdfast.protocol.v1.StatusRequest;
import dev.holdfast.protocol.v1.VerifyReply;
import dev.holdfast.protocol.v1.VerifyRequest;
import dev.holdfast.protocol.v1.WaitingView;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node answers to operators, out of a small map of locks; and the failures that a test has
 * lined up, each of them instead of one answer. Pages are short, whatever was asked for.
 */
public final class OperatorNode implements AutoCloseable {
  private static final int PAGE = 2;
  private static final Metadata.Key<String> LEADER =
      Metadata.Key.of("holdfast-leader", Metadata.ASCII_STRING_MARSHALLER);

  private final String name;
  private final TreeMap<String, Long> tokens = new TreeMap<>();
  private final Queue<StatusRuntimeException> failures = new ConcurrentLinkedQueue<>();
  private final List<Object> asked = new CopyOnWriteArrayList<>();
  private final LoopbackNode server;
  private volatile @Nullable StatusRuntimeException always;
  private volatile boolean mute;

  public OperatorNode(String name) {
    this.name = name;
    this.server = new LoopbackNode(new Locks(), new Cluster());
  }

  public String endpoint() {
    return server.endpoint();
  }

  public synchronized void hold(String lock, long token) {
    tokens.put(lock, token);
  }

  public synchronized boolean isHeld(String lock) {
    return tokens.containsKey(lock);
  }

  /** The next question or command is answered so. */
  public void failNext(Status status) {
    failures.add(status.asRuntimeException());
  }

  /** Everything is answered so. */
  public void failAlways(Status status) {
    always = status.asRuntimeException();
  }

  /** Only the node at this endpoint can serve. */
  public void pointTo(String leader) {
    Metadata trailers = new Metadata();
    trailers.put(LEADER, leader);
    always =
        Status.FAILED_PRECONDITION
            .withDescription("NOT_LEADER: ask the leader")
            .asRuntimeException(trailers);
  }

  /** Takes everything in and answers nothing. */
  public void mute() {
    mute = true;
  }

  /** What arrived, of one type. */
  public <T> List<T> asked(Class<T> type) {
    return asked.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public void close() {
    server.close();
  }

  private synchronized <T> void answer(
      Object question, StreamObserver<T> caller, Supplier<List<T>> answers) {
    asked.add(question);
    StatusRuntimeException constant = always;
    StatusRuntimeException failure = constant != null ? constant : failures.poll();
    if (mute) {
      return;
    }
    if (failure != null) {
      caller.onError(failure);
      return;
    }
    answers.get().forEach(caller::onNext);
    caller.onCompleted();
  }

  private ReadLabel label() {
    return ReadLabel.newBuilder().setNodeId(name).setRevision(77).setClockMillis(1_000).build();
  }

  private GrantView grant(String lock) {
    Long token = tokens.get(lock);
    return GrantView.newBuilder()
        .setLock(lock)
        .setClientId("client-id")
        .setHeldMillis(5_000)
        .setLeaseLeftMillis(-1)
        .setSessionLeftMillis(9_000)
        .setHolder(
            Holder.newBuilder()
                .setSessionId(3)
                .setOwner("thread-1")
                .setToken(token == null ? 0 : token)
                .setMode(LockMode.LOCK_MODE_X)
                .setLabel("somewhere"))
        .build();
  }

  private static WaitingView waiter(String lock) {
    return WaitingView.newBuilder()
        .setLock(lock)
        .setSessionId(4)
        .setOwner("thread-2")
        .setMode(LockMode.LOCK_MODE_S)
        .setTicket(70)
        .setWaitedMillis(250)
        .setPosition(1)
        .build();
  }

  private ForceReleaseReply forceRelease(ForceReleaseRequest command) {
    Long token = tokens.get(command.getLock());
    if (token == null || token != command.getToken()) {
      return ForceReleaseReply.newBuilder()
          .setRefused(
              Refused.newBuilder()
                  .setReason(RefusalReason.STALE_TOKEN)
                  .setLock(command.getLock())
                  .setDetail("held under another token by now: look again with check"))
          .build();
    }
    ForceReleaseReply.Builder reply =
        ForceReleaseReply.newBuilder()
            .setReleased(!command.getDryRun())
            .setVictim(grant(command.getLock()))
            .addLocks(command.getLock())
            .addNext(waiter(command.getLock()));
    if (!command.getDryRun()) {
      tokens.remove(command.getLock());
    }
    return reply.build();
  }

  /** Questions. */
  private final class Locks extends LocksGrpc.LocksImplBase {
    @Override
    public void check(CheckRequest question, StreamObserver<CheckReply> caller) {
      answer(
          question,
          caller,
          () -> {
            CheckReply.Builder reply = CheckReply.newBuilder().setLabel(label());
            if (tokens.containsKey(question.getLock())) {
              reply
                  .addHolders(grant(question.getLock()))
                  .setHolderCount(1)
                  .addQueue(waiter(question.getLock()))
                  .setQueueLength(12);
            }
            return List.of(reply.build());
          });
    }

    @Override
    public void listLocks(ListLocksRequest question, StreamObserver<ListLocksReply> caller) {
      answer(
          question,
          caller,
          () -> {
            List<String> names =
                tokens.tailMap(question.getAfter(), false).keySet().stream()
                    .filter(lock -> lock.startsWith(question.getPrefix()))
                    .toList();
            ListLocksReply.Builder reply =
                ListLocksReply.newBuilder().setLabel(label()).setMore(names.size() > PAGE);
            names.stream()
                .limit(PAGE)
                .forEach(
                    lock ->
                        reply.addLocks(
                            LockView.newBuilder()
                                .setLock(lock)
                                .addHolders(grant(lock))
                                .setHolderCount(1)
                                .setQueueLength(1)));
            return List.of(reply.build());
          });
    }

    @Override
    public void listSessions(
        ListSessionsRequest question, StreamObserver<ListSessionsReply> caller) {
      answer(
          question,
          caller,
          () -> {
            ListSessionsReply.Builder reply = ListSessionsReply.newBuilder().setLabel(label());
            for (long id = question.getAfterSessionId() + 1; id <= 5; id++) {
              if (reply.getSessionsCount() == PAGE) {
                return List.of(reply.setMore(true).build());
              }
              reply.addSessions(SessionView.newBuilder().setSessionId(id).setTtlMillis(10_000));
            }
            return List.of(reply.build());
          });
    }

    @Override
    public void verify(VerifyRequest question, StreamObserver<VerifyReply> caller) {
      answer(
          question,
          caller,
          () -> {
            Long token = tokens.get(question.getLock());
            boolean current = token != null && token == question.getToken();
            return List.of(VerifyReply.newBuilder().setLabel(label()).setCurrent(current).build());
          });
    }
  }

  /** Commands. */
  private final class Cluster extends ClusterGrpc.ClusterImplBase {
    @Override
    public void status(StatusRequest question, StreamObserver<StatusReply> caller) {
      answer(
          question,
          caller,
          () ->
              List.of(
                  StatusReply.newBuilder()
                      .setNodeId(name)
                      .setRole("LEADER")
                      .setStateHash(ByteString.copyFrom(new byte[] {1, (byte) 0xfe}))
                      .build()));
    }

    @Override
    public void addMember(AddMemberRequest command, StreamObserver<MembersReply> caller) {
      answer(
          command,
          caller,
          () ->
              List.of(
                  MembersReply.newBuilder()
                      .addMembers(MemberView.newBuilder().setNodeId(command.getNodeId()))
                      .build()));
    }

    @Override
    public void forceRelease(
        ForceReleaseRequest command, StreamObserver<ForceReleaseReply> caller) {
      answer(command, caller, () -> List.of(OperatorNode.this.forceRelease(command)));
    }

    @Override
    public void dump(DumpRequest question, StreamObserver<DumpChunk> caller) {
      answer(
          question,
          caller,
          () ->
              tokens.keySet().stream()
                  .map(
                      lock ->
                          DumpChunk.newBuilder().setLabel(label()).addHolders(grant(lock)).build())
                  .toList());
    }
  }
}
