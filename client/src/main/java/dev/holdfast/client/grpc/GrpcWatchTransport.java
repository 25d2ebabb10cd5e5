package dev.holdfast.client.grpc;

import dev.holdfast.client.watch.WatchNetwork;
import dev.holdfast.client.watch.WatchTransport;
import dev.holdfast.protocol.v1.WatchFrame;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.protocol.v1.WatchesGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A watch's streams as gRPC calls, each on a connection of its own, so that one which has died
 * without a word is not used again. Used on the network's thread only.
 */
final class GrpcWatchTransport implements WatchTransport {
  private final GrpcNetwork network;
  private final WatchNetwork.StreamEvents events;
  private final Map<Integer, Stream> streams = new HashMap<>();

  GrpcWatchTransport(GrpcNetwork network, WatchNetwork.StreamEvents events) {
    this.network = network;
    this.events = events;
  }

  @Override
  public void open(int stream, String endpoint, WatchRequest request) {
    ManagedChannel channel;
    try {
      channel = network.openOwn(endpoint);
    } catch (RuntimeException unusable) {
      events.streamClosed(stream, "cannot be used as an endpoint: " + unusable.getMessage());
      return;
    }
    ClientCall<WatchRequest, WatchFrame> call =
        channel.newCall(WatchesGrpc.getWatchMethod(), CallOptions.DEFAULT);
    streams.put(stream, new Stream(channel, call));
    call.start(new Reader(stream), new Metadata());
    call.sendMessage(request);
    call.halfClose();
    call.request(1);
  }

  @Override
  public void readOneMore(int stream) {
    Stream open = streams.get(stream);
    if (open != null) {
      open.call.request(1);
    }
  }

  @Override
  public void drop(int stream) {
    Stream open = streams.remove(stream);
    if (open != null) {
      open.call.cancel("the watch goes on elsewhere, or has ended", null);
      network.closeOwn(open.channel);
    }
  }

  /** A stream and the connection that it has for itself. */
  private record Stream(ManagedChannel channel, ClientCall<WatchRequest, WatchFrame> call) {}

  /** Hands over what arrives on one stream. */
  private final class Reader extends ClientCall.Listener<WatchFrame> {
    private final int stream;

    Reader(int stream) {
      this.stream = stream;
    }

    @Override
    public void onMessage(WatchFrame frame) {
      events.frameArrived(stream, frame);
    }

    @Override
    public void onClose(Status status, @Nullable Metadata trailers) {
      events.streamClosed(
          stream, status.isOk() ? "ended by the node" : GrpcProblem.sentence(status));
    }
  }
}
