package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcUtils;
import com.alipay.sofa.jraft.util.Endpoint;
import com.google.protobuf.Message;
import dev.holdfast.replication.peer.Peer;
import dev.holdfast.replication.peer.PeerException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine's requests over a node's {@link dev.holdfast.replication.peer.Links}. */
final class EngineRpcClient implements RpcClient {
  private static final Logger log = LoggerFactory.getLogger(EngineRpcClient.class);

  /**
   * The engine pings a peer that is not connected under the write lock of its node, before every
   * vote; a peer that is silent must not hold it up.
   */
  static final long SYNC_MILLIS_MAX = 100;

  private final ConcurrentMap<Endpoint, Peer> peers = new ConcurrentHashMap<>();
  private @Nullable EngineChannel channel;

  void use(EngineChannel newChannel) {
    channel = newChannel;
  }

  private EngineChannel channel() {
    EngineChannel current = channel;
    if (current == null) {
      throw new IllegalStateException("no transport");
    }
    return current;
  }

  private Peer peer(Endpoint endpoint) {
    return peers.computeIfAbsent(endpoint, Peers::toPeer);
  }

  @Override
  public boolean init(RpcOptions options) {
    return true;
  }

  @Override
  public void shutdown() {
    // The transport belongs to the node and outlives its engine.
  }

  @Override
  public boolean checkConnection(Endpoint endpoint) {
    return channel().links().isUp(peer(endpoint));
  }

  @Override
  public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
    return createIfAbsent
        ? channel().links().connect(peer(endpoint))
        : channel().links().isUp(peer(endpoint));
  }

  @Override
  public void closeConnection(Endpoint endpoint) {
    channel().links().disconnect(peer(endpoint));
  }

  /** The engine wants to start a replicator again as soon as its peer is back. */
  @Override
  public void registerConnectEventListener(ReplicatorGroup group) {
    channel().appends().bind(group);
    channel().links().onUp(peer -> channel().appends().onConnected(peer));
  }

  @Override
  public Object invokeSync(
      Endpoint endpoint, Object request, @Nullable InvokeContext context, long timeoutMillis)
      throws InterruptedException, RemotingException {
    long deadline =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(timeoutMillis, SYNC_MILLIS_MAX));
    Peer peer = peer(endpoint);
    if (!channel().links().awaitUp(peer, millisUntil(deadline))) {
      throw new RemotingException("not connected: " + peer);
    }
    CompletableFuture<Object> answer = new CompletableFuture<>();
    long millis = Math.max(1, millisUntil(deadline));
    send(
        peer,
        (Message) request,
        millis,
        (response, failure) -> {
          if (response != null) {
            answer.complete(response);
          } else {
            answer.completeExceptionally(failure);
          }
        },
        Runnable::run);
    try {
      return answer.get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new InvokeTimeoutException(e);
    } catch (ExecutionException e) {
      throw new RemotingException(e.getCause());
    }
  }

  private static long millisUntil(long deadlineNanos) {
    return TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
  }

  @Override
  public void invokeAsync(
      Endpoint endpoint,
      Object request,
      @Nullable InvokeContext context,
      InvokeCallback callback,
      long timeoutMillis) {
    Executor executor = callback.executor();
    if (request instanceof AppendEntriesRequest append) {
      sendAppend(peer(endpoint), append, timeoutMillis, callback, executor);
    } else {
      Runnable ended =
          request instanceof InstallSnapshotRequest offer
              ? channel().appends().onOffer(offer)
              : () -> {};
      send(
          peer(endpoint),
          (Message) request,
          timeoutMillis,
          (response, failure) -> {
            try {
              callback.complete(response, failure);
            } finally {
              ended.run();
            }
          },
          executor);
    }
  }

  /**
   * The acknowledgement of what was appended just now is counted on the event loop on which it
   * arrives, since somebody waits for it. Any other answer may make the engine wait for a lock or
   * read its log from the disk, and a failure may be told before the engine has noted the request:
   * those go to the executor.
   */
  private void sendAppend(
      Peer peer,
      AppendEntriesRequest request,
      long timeoutMillis,
      InvokeCallback callback,
      @Nullable Executor executor) {
    AppendTraffic.Sent sent = channel().appends().onSend(request, executor);
    Completion completion =
        (response, failure) -> {
          // After the engine, which must have counted the acknowledgement before it is asked for
          // a heartbeat.
          try {
            callback.complete(sent.heard(response), failure);
          } finally {
            sent.onAnswer(response instanceof AppendEntriesResponse answer ? answer : null);
          }
        };
    request(
        peer,
        request,
        timeoutMillis,
        answered -> {
          if (answered.isAcknowledgement() && sent.isRecent()) {
            answered.tell(completion);
          } else {
            run(executor, () -> answered.tell(completion));
          }
        });
  }

  private void send(
      Peer peer,
      Message request,
      long timeoutMillis,
      Completion completion,
      @Nullable Executor on) {
    request(peer, request, timeoutMillis, answered -> run(on, () -> answered.tell(completion)));
  }

  private void request(
      Peer peer, Message request, long timeoutMillis, Consumer<Answered> whenAnswered) {
    channel()
        .links()
        .request(
            peer,
            EngineMessages.toFrame(request),
            timeoutMillis,
            (frame, failure) -> whenAnswered.accept(Answered.of(frame, failure)));
  }

  private static void run(@Nullable Executor executor, Runnable task) {
    try {
      if (executor == null) {
        var _ = RpcUtils.runInThread(task);
      } else {
        executor.execute(task);
      }
    } catch (RejectedExecutionException e) {
      // The engine has been stopped, and nobody waits for this answer any more.
      log.debug("An answer came after the end", e);
    }
  }

  /** What came of a request: one of the two is null. */
  private record Answered(@Nullable Message response, @Nullable RemotingException failure) {
    static Answered of(byte @Nullable [] frame, @Nullable PeerException failure) {
      if (frame == null) {
        return new Answered(
            null,
            failure != null && failure.timedOut()
                ? new InvokeTimeoutException(failure)
                : new RemotingException(failure));
      }
      try {
        return new Answered(EngineMessages.fromFrame(frame), null);
      } catch (IOException e) {
        return new Answered(null, new RemotingException(e));
      }
    }

    boolean isAcknowledgement() {
      return response instanceof AppendEntriesResponse answer && answer.getSuccess();
    }

    void tell(Completion completion) {
      completion.onCompleted(response, failure);
    }
  }

  @FunctionalInterface
  private interface Completion {
    void onCompleted(@Nullable Message response, @Nullable RemotingException failure);
  }

  /** A peer by the name that the engine's requests have for it. */
  static PeerId peer(String name) {
    PeerId peer = new PeerId();
    if (!peer.parse(name)) {
      throw new IllegalArgumentException("not a peer: " + name);
    }
    return peer;
  }
}
