package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.google.protobuf.Message;
import dev.holdfast.replication.Member;
import dev.holdfast.replication.PeerAddress;
import dev.holdfast.replication.peer.InboundStream;
import dev.holdfast.replication.peer.Peer;
import dev.holdfast.replication.peer.PeerTransport;
import dev.holdfast.replication.peer.ProcessNumber;
import dev.holdfast.replication.peer.RequestHandler;
import java.io.IOException;

/**
 * A member that votes for everybody and answers heartbeats, and answers appends only until it is
 * told not to: what a leader sees when its appends, or their answers, get stuck somewhere in the
 * engine. It keeps nothing.
 */
final class StalledFollower implements RequestHandler, AutoCloseable {
  private final PeerTransport transport;
  private volatile boolean swallowsAppends;

  StalledFollower(String cluster, Member member) throws IOException {
    transport =
        new PeerTransport(
            cluster,
            new Peer(member.id(), PeerAddress.parse(member.peerAddress())),
            new ProcessNumber(1),
            PeerAddress.parse(member.peerAddress()),
            null);
    transport.open(this, this);
  }

  void swallowAppends() {
    swallowsAppends = true;
  }

  @Override
  public void onRequest(InboundStream stream, byte[] frame) {
    Message request;
    try {
      request = EngineMessages.fromFrame(frame);
    } catch (IOException e) {
      stream.fail(frame, "this member answers the engine only");
      return;
    }
    switch (request) {
      case PingRequest _ -> answer(stream, frame, ErrorResponse.newBuilder().setErrorCode(0));
      case RequestVoteRequest vote -> answer(stream, frame, granted(vote));
      case AppendEntriesRequest append -> onAppend(stream, frame, append);
      default -> {
        // An order to stand for election, for instance: this one does not.
      }
    }
  }

  private static RequestVoteResponse.Builder granted(RequestVoteRequest vote) {
    long term = vote.getPreVote() ? vote.getTerm() - 1 : vote.getTerm();
    return RequestVoteResponse.newBuilder().setTerm(term).setGranted(true);
  }

  private void onAppend(InboundStream stream, byte[] frame, AppendEntriesRequest append) {
    int entries = append.getEntriesCount();
    if (entries == 0 || !swallowsAppends) {
      answer(
          stream,
          frame,
          AppendEntriesResponse.newBuilder()
              .setTerm(append.getTerm())
              .setSuccess(true)
              .setLastLogIndex(append.getPrevLogIndex() + entries));
    }
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
