package dev.holdfast.server;

import dev.holdfast.server.config.NodeConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import org.jspecify.annotations.Nullable;

/** Looks into the files of certificates and keys before anything is opened. */
final class TlsFiles {
  private TlsFiles() {}

  /** What is wrong with one of them, with its key, or null. */
  static @Nullable String problemWith(NodeConfig config) {
    NodeConfig.ClientTls client = config.client().tls();
    NodeConfig.PeerTls peer = config.peer().tls();
    String problem = null;
    if (client != null) {
      problem = problemWith("client", client.certificate(), client.key());
      if (problem == null && client.clientAuthority() != null) {
        problem = certificates("client.tls.client-authority", client.clientAuthority());
      }
    }
    if (problem == null && peer != null) {
      problem = problemWith("peer", peer.certificate(), peer.key());
      if (problem == null) {
        problem = certificates("peer.tls.authority", peer.authority());
      }
    }
    return problem;
  }

  private static @Nullable String problemWith(String door, String certificate, String key) {
    String problem = certificates(door + ".tls.certificate", certificate);
    return problem == null ? privateKey(door + ".tls.key", key) : problem;
  }

  private static @Nullable String certificates(String key, String file) {
    try (InputStream content = Files.newInputStream(Path.of(file))) {
      if (CertificateFactory.getInstance("X.509").generateCertificates(content).isEmpty()) {
        return key + ": " + file + " holds no certificate; name a PEM file with one";
      }
      return null;
    } catch (CertificateException e) {
      return key + ": " + file + " is no PEM file of certificates: " + e.getMessage();
    } catch (IOException e) {
      return key + ": " + file + " cannot be read: " + e.getMessage();
    }
  }

  private static @Nullable String privateKey(String key, String file) {
    try {
      String text = Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
      return text.contains("-----BEGIN PRIVATE KEY-----")
          ? null
          : key + ": " + file + " holds no private key in PKCS #8; name a PEM file with one";
    } catch (IOException e) {
      return key + ": " + file + " cannot be read: " + e.getMessage();
    }
  }
}
