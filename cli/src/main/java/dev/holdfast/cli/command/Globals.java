package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.OutputFormat;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has, before or after its name. */
public final class Globals {
  /** Where a single node on this machine listens. */
  public static final String DEFAULT_ENDPOINTS = "127.0.0.1:5470";

  // What is a host is looked up later; here are only marks that none can have.
  private static final Pattern HOST_AND_PORT = Pattern.compile("[^\\s/?#@\\\\\"<>^`{|}]+");

  private static final Duration TIMEOUT_MIN = Duration.ofMillis(10);
  private static final Duration DAY = Duration.ofDays(1);

  private static final String VARIABLE = "HOLDFAST_ENDPOINTS";

  @Option(
      names = "--endpoints",
      paramLabel = "HOST:PORT,...",
      scope = ScopeType.INHERIT,
      description =
          "Nodes to talk to (default: $HOLDFAST_ENDPOINTS, or "
              + DEFAULT_ENDPOINTS
              + "). Any node will do.")
  private String endpoints = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      scope = ScopeType.INHERIT,
      description = "How data is written to stdout (default: table).")
  private OutputFormat output = OutputFormat.TABLE;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      scope = ScopeType.INHERIT,
      description = "How long to wait for an answer of the cluster (default: 5s).")
  private Duration timeout = Duration.ofSeconds(5);

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show where in the program an error comes from.")
  private boolean debug;

  @Mixin private TlsOptions tls = new TlsOptions();

  /** The defaults, until a command line is parsed. */
  public Globals() {}

  /**
   * The endpoints: from the command line, else from the environment, else the default.
   *
   * @param environment the process's
   * @throws Failure they cannot be understood
   */
  public String endpoints(Map<String, String> environment) {
    if (!endpoints.isEmpty()) {
      return checked(endpoints, "--endpoints", ExitCode.USAGE);
    }
    String variable = environment.getOrDefault(VARIABLE, "");
    return variable.isEmpty()
        ? DEFAULT_ENDPOINTS
        : checked(variable, VARIABLE, ExitCode.CONFIGURATION);
  }

  /** How data is written. */
  public OutputFormat output() {
    return output;
  }

  /**
   * How long an answer may take.
   *
   * @throws Failure it is out of range
   */
  public Duration timeout() {
    return Limits.within("--timeout", timeout, TIMEOUT_MIN, DAY, "10ms to 1d");
  }

  /** How connections are encrypted. */
  public TlsOptions tls() {
    return tls;
  }

  /** Whether stack traces are welcome. */
  public boolean debug() {
    return debug;
  }

  private static String checked(String list, String source, ExitCode exitCode) {
    for (String endpoint : list.split(",", -1)) {
      int colon = endpoint.lastIndexOf(':');
      boolean hasHost = colon != 0 && HOST_AND_PORT.matcher(endpoint).matches();
      if (!hasHost
          || (colon > 0 && !isPort(endpoint.substring(colon + 1)) && !endpoint.endsWith("]"))) {
        throw new Failure(
            exitCode,
            "'" + endpoint + "' in " + source + " is no endpoint",
            "write host:port, several apart by commas and without blanks: "
                + source
                + "=10.0.0.1:5470,10.0.0.2:5470");
      }
    }
    return list;
  }

  private static boolean isPort(String text) {
    return text.matches("[0-9]{1,5}")
        && Integer.parseInt(text) >= 1
        && Integer.parseInt(text) <= 65_535;
  }
}
