package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.client.ClientTls;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** How to speak with nodes whose client port wants TLS. */
public final class TlsOptions {
  @Option(
      names = "--tls-trust",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "Encrypt; trust nodes whose certificate is signed by one in this PEM file (default: "
              + "$HOLDFAST_TLS_TRUST).")
  private @Nullable Path trust;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "Encrypt, and show this certificate, a PEM file (default: $HOLDFAST_TLS_CERTIFICATE).")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Its private key, a PEM file with PKCS #8 (default: $HOLDFAST_TLS_KEY).")
  private @Nullable Path key;

  /** None, until a command line is parsed. */
  public TlsOptions() {}

  /**
   * From the command line, else from the environment.
   *
   * @param environment the process's
   * @return null to speak plainly
   * @throws Failure a certificate without a key, or the other way round
   */
  public @Nullable ClientTls settings(Map<String, String> environment) {
    Path from = file(trust, environment, "HOLDFAST_TLS_TRUST");
    Path own = file(certificate, environment, "HOLDFAST_TLS_CERTIFICATE");
    Path secret = file(key, environment, "HOLDFAST_TLS_KEY");
    if (from == null && own == null && secret == null) {
      return null;
    }
    try {
      return new ClientTls(from, own, secret);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          String.valueOf(e.getMessage()),
          "give --tls-certificate and --tls-key together",
          e);
    }
  }

  private static @Nullable Path file(
      @Nullable Path given, Map<String, String> environment, String variable) {
    String text = environment.getOrDefault(variable, "");
    return given != null || text.isEmpty() ? given : Path.of(text);
  }
}
