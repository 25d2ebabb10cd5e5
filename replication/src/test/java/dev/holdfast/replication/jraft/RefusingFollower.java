package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.google.protobuf.Message;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.replication.peer.InboundStream;
import dev.holdfast.replication.peer.Peer;
import dev.holdfast.replication.peer.PeerTransport;
import dev.holdfast.replication.peer.ProcessNumber;
import dev.holdfast.replication.peer.RequestHandler;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A member that has come back with a log that ends early, and is slow: it refuses a heartbeat while
 * an append is still to be answered, and refuses that later. It keeps nothing.
 */
final class RefusingFollower implements RequestHandler, AutoCloseable {
  /** So many heartbeats after the one that was refused, the append is refused too. */
  private static final int HEARTBEATS_BETWEEN = 3;

  private final PeerTransport transport;
  private final CompletableFuture<Void> holdsAppend = new CompletableFuture<>();
  private final CompletableFuture<Void> tookSnapshot = new CompletableFuture<>();
  private final CompletableFuture<Long> followedSnapshot = new CompletableFuture<>();

  // Guarded by this.
  private @Nullable Runnable refusalOfAppend;
  private boolean refuses;
  private int heartbeatsRefused;
  private int heartbeatsSince;
  private long snapshotIndex;

  RefusingFollower(String cluster, Member member) throws IOException {
    transport =
        new PeerTransport(
            cluster,
            new Peer(member.id(), PeerAddress.parse(member.peerAddress())),
            new ProcessNumber(1),
            PeerAddress.parse(member.peerAddress()),
            null);
    transport.open(this, this);
  }

  /** Completed when the first append has come, which waits for its answer from then on. */
  CompletableFuture<Void> holdsAppend() {
    return holdsAppend;
  }

  /** Refuses the next heartbeat, and a little later the append. */
  synchronized void refuse() {
    refuses = true;
  }

  /** Completed when a snapshot was offered, and taken. */
  CompletableFuture<Void> tookSnapshot() {
    return tookSnapshot;
  }

  /** Completed with an index when what follows a snapshot has come. */
  CompletableFuture<Long> followedSnapshot() {
    return followedSnapshot;
  }

  @Override
  public synchronized void onRequest(InboundStream stream, byte[] frame) {
    Message request;
    try {
      request = EngineMessages.fromFrame(frame);
    } catch (IOException e) {
      stream.fail(frame, "this member answers the engine only");
      return;
    }
    switch (request) {
      case PingRequest _ -> answer(stream, frame, ErrorResponse.newBuilder().setErrorCode(0));
      case AppendEntriesRequest append when append.getEntriesCount() == 0 && !append.hasData() ->
          onHeartbeat(stream, frame, append);
      case AppendEntriesRequest append -> onAppend(stream, frame, append);
      case InstallSnapshotRequest offer -> onOffer(stream, frame, offer);
      default -> {
        // It stands for nothing and votes for nobody.
      }
    }
  }

  private void onHeartbeat(InboundStream stream, byte[] frame, AppendEntriesRequest heartbeat) {
    boolean refused = refuses && heartbeatsRefused == 0;
    answer(stream, frame, refused ? refusal(heartbeat) : acceptance(heartbeat));
    if (refused) {
      heartbeatsRefused++;
    } else if (heartbeatsRefused > 0 && ++heartbeatsSince == HEARTBEATS_BETWEEN) {
      refuseAppend();
    }
  }

  private void onAppend(InboundStream stream, byte[] frame, AppendEntriesRequest append) {
    if (snapshotIndex > 0 && append.getPrevLogIndex() >= snapshotIndex) {
      answer(stream, frame, acceptance(append));
      followedSnapshot.complete(append.getPrevLogIndex());
    } else if (holdsAppend.complete(null)) {
      refusalOfAppend = () -> answer(stream, frame, refusal(append));
    } else {
      answer(stream, frame, refusal(append));
    }
  }

  private void onOffer(InboundStream stream, byte[] frame, InstallSnapshotRequest offer) {
    refuseAppend();
    snapshotIndex = offer.getMeta().getLastIncludedIndex();
    answer(
        stream,
        frame,
        InstallSnapshotResponse.newBuilder().setTerm(offer.getTerm()).setSuccess(true));
    tookSnapshot.complete(null);
  }

  private void refuseAppend() {
    Runnable refusal = refusalOfAppend;
    if (refusal != null) {
      refusalOfAppend = null;
      refusal.run();
    }
  }

  private static AppendEntriesResponse.Builder acceptance(AppendEntriesRequest append) {
    return AppendEntriesResponse.newBuilder()
        .setTerm(append.getTerm())
        .setSuccess(true)
        .setLastLogIndex(append.getPrevLogIndex() + append.getEntriesCount());
  }

  private static AppendEntriesResponse.Builder refusal(AppendEntriesRequest append) {
    return AppendEntriesResponse.newBuilder()
        .setTerm(append.getTerm())
        .setSuccess(false)
        .setLastLogIndex(1);
  }

  private static void answer(InboundStream stream, byte[] frame, Message.Builder response) {
    stream.respond(frame, EngineMessages.toFrame(response.build()));
  }

  @Override
  public void onClosed(InboundStream stream) {
    // Nothing is kept with a stream.
  }

  @Override
  public void close() {
    transport.close();
  }
}
