package dev.holdfast.client;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Encrypted connections to nodes whose client port is configured for TLS. A node's certificate has
 * to name the host, or the IP address, that the endpoint names. Immutable.
 *
 * @param trust PEM file with the certificates of those who sign nodes' certificates, or with the
 *     nodes' certificates themselves; null for those that the Java platform trusts
 * @param certificate PEM file with this client's own certificate and what it was signed by, for
 *     nodes that demand one; null for none
 * @param key PEM file with the private key of that certificate, PKCS #8, not encrypted; null if
 *     there is no certificate
 */
public record ClientTls(@Nullable Path trust, @Nullable Path certificate, @Nullable Path key) {
  /**
   * Refuses a certificate without a key and the other way round.
   *
   * @throws IllegalArgumentException if one of the two is missing
   */
  public ClientTls {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "a client's certificate and its private key belong together: "
              + (certificate == null ? "the certificate" : "the key")
              + " is missing");
    }
  }

  /** Trusts the certificate authorities of the Java platform. */
  public static ClientTls platform() {
    return new ClientTls(null, null, null);
  }

  /** Trusts these certificates, and no others. */
  public static ClientTls trusting(Path trust) {
    return new ClientTls(trust, null, null);
  }

  /** Shows this certificate to nodes that demand one. */
  public ClientTls withCertificate(Path own, Path privateKey) {
    return new ClientTls(trust, own, privateKey);
  }
}
