package dev.holdfast.server.door.traffic;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerBuilder;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Counts at a gRPC port. Every message of a client is a request: the one of a plain call, and each
 * frame of a stream, of which a session has one for as long as it lives.
 */
public final class GrpcTraffic {
  private GrpcTraffic() {}

  /** Makes a port count. */
  public static void count(DoorTraffic traffic, ServerBuilder<?> port) {
    ServerStreamTracer messages = new Messages(traffic);
    port.addTransportFilter(new Transports(traffic));
    port.addStreamTracerFactory(
        new ServerStreamTracer.Factory() {
          @Override
          public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            return messages;
          }
        });
  }

  private static final class Messages extends ServerStreamTracer {
    private final DoorTraffic traffic;

    Messages(DoorTraffic traffic) {
      this.traffic = traffic;
    }

    @Override
    public void inboundMessage(int sequence) {
      traffic.requested();
    }
  }

  private static final class Transports extends ServerTransportFilter {
    private final DoorTraffic traffic;

    Transports(DoorTraffic traffic) {
      this.traffic = traffic;
    }

    @Override
    public Attributes transportReady(Attributes transport) {
      traffic.opened(peerOf(transport));
      return transport;
    }

    @Override
    public void transportTerminated(Attributes transport) {
      traffic.closed(peerOf(transport));
    }

    private static String peerOf(Attributes transport) {
      SocketAddress address = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      return address instanceof InetSocketAddress inet
          ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
          : "unknown";
    }
  }
}
