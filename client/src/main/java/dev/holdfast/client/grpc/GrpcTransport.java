package dev.holdfast.client.grpc;

import dev.holdfast.client.session.Network;
import dev.holdfast.client.session.Transport;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.SessionsGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session's streams as gRPC calls. Used on the session's thread only; hands on what arrives, and
 * nothing else.
 */
final class GrpcTransport implements Transport {
  /** Messages that gRPC may deliver ahead; the session takes them as they come. */
  private static final int READ_AHEAD = 64;

  private final GrpcNetwork network;
  private final Network.StreamEvents events;
  private final Map<Integer, Stream> streams = new HashMap<>();

  GrpcTransport(GrpcNetwork network, Network.StreamEvents events) {
    this.network = network;
    this.events = events;
  }

  @Override
  public void open(int stream, String endpoint) {
    ManagedChannel channel;
    try {
      channel = network.openOwn(endpoint);
    } catch (RuntimeException unusable) {
      events.streamClosed(stream, "cannot be used as an endpoint: " + unusable.getMessage());
      return;
    }
    ClientCall<ClientFrame, NodeFrame> call =
        channel.newCall(SessionsGrpc.getAttachMethod(), CallOptions.DEFAULT);
    streams.put(stream, new Stream(channel, call));
    call.start(new Reader(stream, call), new Metadata());
    call.request(READ_AHEAD);
  }

  @Override
  public void send(int stream, ClientFrame frame) {
    Stream open = streams.get(stream);
    if (open != null) {
      open.call.sendMessage(frame);
    }
  }

  @Override
  public void drop(int stream) {
    Stream open = streams.remove(stream);
    if (open != null) {
      open.call.cancel("the session goes on elsewhere", null);
      network.closeOwn(open.channel);
    }
  }

  /** A stream and the connection that it has for itself. */
  private record Stream(ManagedChannel channel, ClientCall<ClientFrame, NodeFrame> call) {}

  /** Hands over what arrives on one stream. */
  private final class Reader extends ClientCall.Listener<NodeFrame> {
    private final int stream;
    private final ClientCall<ClientFrame, NodeFrame> call;

    Reader(int stream, ClientCall<ClientFrame, NodeFrame> call) {
      this.stream = stream;
      this.call = call;
    }

    @Override
    public void onMessage(NodeFrame frame) {
      call.request(1);
      events.frameArrived(stream, frame);
    }

    @Override
    public void onClose(Status status, @Nullable Metadata trailers) {
      events.streamClosed(stream, GrpcProblem.sentence(status));
    }
  }
}
