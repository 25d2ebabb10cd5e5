package dev.holdfast.client.grpc;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What is needed to speak TLS, from PEM files. */
public final class TlsContexts {
  private TlsContexts() {}

  /**
   * Reads the files.
   *
   * @param trust certificates of those who sign nodes' certificates; null for the platform's
   * @param certificate the client's own; null for none
   * @param key its private key, PKCS #8; null if there is no certificate
   * @throws IllegalArgumentException naming the file that cannot be read or used
   */
  public static SslContext of(
      @Nullable Path trust, @Nullable Path certificate, @Nullable Path key) {
    SslContextBuilder builder = GrpcSslContexts.forClient();
    if (trust != null) {
      try (InputStream content = Files.newInputStream(trust)) {
        builder.trustManager(content);
      } catch (IOException | IllegalArgumentException e) {
        throw unusable(trust, "a PEM file of certificates", e);
      }
    }
    if (certificate != null && key != null) {
      try (InputStream chain = Files.newInputStream(certificate);
          InputStream secret = Files.newInputStream(key)) {
        builder.keyManager(chain, secret);
      } catch (IOException | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            certificate
                + " and "
                + key
                + " cannot be used as a PEM file of certificates and one with their private key in"
                + " PKCS #8: "
                + e,
            e);
      }
    }
    try {
      return builder.build();
    } catch (IOException e) {
      throw new IllegalArgumentException("the TLS files do not fit together: " + e, e);
    }
  }

  private static IllegalArgumentException unusable(Path file, String what, Exception cause) {
    return new IllegalArgumentException(file + " cannot be used as " + what + ": " + cause, cause);
  }
}
