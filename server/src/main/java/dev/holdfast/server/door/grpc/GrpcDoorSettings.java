package dev.holdfast.server.door.grpc;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the gRPC door stands open.
 *
 * @param address where it listens, and nowhere else
 * @param frameBytesMax largest frame of a client
 * @param unreadBytesMax most bytes that wait for a client that does not read
 * @param keepAliveMillis silence after which the other side is asked whether it is there
 * @param keepAliveTimeoutMillis how long it has to answer
 * @param threads how many threads read and write connections
 * @param tls certificates, or null for none
 */
public record GrpcDoorSettings(
    InetSocketAddress address,
    int frameBytesMax,
    long unreadBytesMax,
    long keepAliveMillis,
    long keepAliveTimeoutMillis,
    int threads,
    @Nullable Tls tls) {

  /**
   * TLS at this door.
   *
   * @param certificateChain PEM file with the node's certificate
   * @param privateKey PEM file with its key, PKCS #8
   * @param clientAuthority PEM file with what signs clients' certificates, which are then demanded;
   *     null to demand none
   */
  public record Tls(Path certificateChain, Path privateKey, @Nullable Path clientAuthority) {}
}
