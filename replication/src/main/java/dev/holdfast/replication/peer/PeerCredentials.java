package dev.holdfast.replication.peer;

import dev.holdfast.replication.PeerTls;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** gRPC credentials of either end: plain text, or TLS with certificates on both sides. */
final class PeerCredentials {
  private PeerCredentials() {}

  static ChannelCredentials client(@Nullable PeerTls tls) throws IOException {
    if (tls == null) {
      return InsecureChannelCredentials.create();
    }
    return TlsChannelCredentials.newBuilder()
        .keyManager(tls.certificateChain().toFile(), tls.privateKey().toFile())
        .trustManager(tls.authority().toFile())
        .build();
  }

  static ServerCredentials server(@Nullable PeerTls tls) throws IOException {
    if (tls == null) {
      return InsecureServerCredentials.create();
    }
    return TlsServerCredentials.newBuilder()
        .keyManager(tls.certificateChain().toFile(), tls.privateKey().toFile())
        .trustManager(tls.authority().toFile())
        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
        .build();
  }
}
