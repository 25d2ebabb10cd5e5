package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import dev.holdfast.cli.terminal.Json;
import dev.holdfast.cli.terminal.OutputFormat;
import dev.holdfast.cli.terminal.Screen;
import dev.holdfast.client.ClientTls;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a command is given: the global options, the screen, the environment, and the way to the
 * cluster.
 */
public final class Invocation {
  private final Globals globals;
  private final Screen screen;
  private final Map<String, String> environment;
  private final Connector connector;

  /** Makes the way to a cluster. */
  @FunctionalInterface
  public interface Connector {
    /**
     * Prepares to talk to a cluster; connects when first used.
     *
     * @param endpoints host:port, apart by commas
     * @param timeout for each question
     */
    Cluster connect(String endpoints, Duration timeout);
  }

  /**
   * Everything that commands may use.
   *
   * @param globals the options that every command has
   * @param screen where to write
   * @param environment the process's environment variables
   * @param connector makes the way to the cluster
   */
  public Invocation(
      Globals globals, Screen screen, Map<String, String> environment, Connector connector) {
    this.globals = globals;
    this.screen = screen;
    this.environment = environment;
    this.connector = connector;
  }

  /**
   * With the real cluster behind it.
   *
   * @param globals the options that every command has
   * @param screen where to write
   * @param environment the process's environment variables
   */
  public static Invocation real(Globals globals, Screen screen, Map<String, String> environment) {
    return new Invocation(
        globals,
        screen,
        environment,
        (endpoints, timeout) ->
            new ClientCluster(endpoints, timeout, globals.tls().settings(environment)));
  }

  /** Where to write. */
  public Screen screen() {
    return screen;
  }

  /** The global options. */
  public Globals globals() {
    return globals;
  }

  /** The nodes to talk to, host:port apart by commas. */
  public String endpoints() {
    return globals.endpoints(environment);
  }

  /** How connections are encrypted; null if they are not. */
  public @Nullable ClientTls tls() {
    return globals.tls().settings(environment);
  }

  /** An environment variable; empty if it is not set. */
  public String variable(String name) {
    return environment.getOrDefault(name, "");
  }

  /**
   * The same for a command that writes elsewhere.
   *
   * @param other where to write
   */
  public Invocation writingTo(Screen other) {
    return new Invocation(globals, other, environment, connector);
  }

  /** The way to the cluster of the command line; to be closed. */
  public Cluster connect() {
    return connect(endpoints(), globals.timeout());
  }

  /**
   * The way to some nodes; to be closed.
   *
   * @param endpoints host:port, apart by commas
   * @param timeout for each question
   */
  public Cluster connect(String endpoints, Duration timeout) {
    try {
      return connector.connect(endpoints, timeout);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          "cannot connect to '" + endpoints + "': " + e.getMessage(),
          "write endpoints as host:port,..., and name PEM files for TLS",
          e);
    }
  }

  /** Whether data is to be written as JSON. */
  public boolean json() {
    return globals.output() == OutputFormat.JSON;
  }

  /**
   * Writes data in the format asked for.
   *
   * @param json writes one JSON value
   * @param table writes lines for people
   */
  public void show(Consumer<Json> json, Consumer<Screen> table) {
    if (json()) {
      try (Json writer = new Json(screen)) {
        json.accept(writer);
      }
    } else {
      table.accept(screen);
    }
  }
}
