package dev.holdfast.client.fake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Certificates for 127.0.0.1, signed by themselves, made by the JDK's own tool. */
public final class TestCertificates {
  private static final char[] PASSWORD = "only a test".toCharArray();

  private TestCertificates() {}

  /** A certificate and its key, as PEM files. */
  public record Pem(Path certificate, Path key) {}

  public static Pem make(Path folder, String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    keytool(
        store,
        List.of(
            "-genkeypair",
            "-alias",
            name,
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=" + name,
            "-ext",
            "san=ip:127.0.0.1",
            "-ext",
            "bc:c",
            "-validity",
            "365"));
    KeyStore content = KeyStore.getInstance(store.toFile(), PASSWORD);
    Path certificate = folder.resolve(name + ".crt");
    Path key = folder.resolve(name + ".key");
    write(
        certificate,
        "CERTIFICATE",
        Objects.requireNonNull(content.getCertificate(name)).getEncoded());
    Key secret = Objects.requireNonNull(content.getKey(name, PASSWORD));
    write(key, "PRIVATE KEY", secret.getEncoded());
    return new Pem(certificate, key);
  }

  private static void keytool(Path store, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    command.addAll(
        List.of(
            "-keystore",
            store.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(PASSWORD)));
    Path said = store.resolveSibling("keytool.out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError("keytool failed: " + Files.readString(said));
    }
  }

  private static void write(Path file, String what, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
  }
}
