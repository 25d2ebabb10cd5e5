package dev.holdfast.cli.command;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Failure;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * A node. This class only stands in the list of commands: {@link dev.holdfast.cli.Main} hands the
 * command line over to the server before it is parsed here.
 */
@Command(
    name = "server",
    description = "Runs a node. Without a configuration: a cluster of one, on loopback.",
    footer = {"", "Example: holdfast server --config node.yaml"})
final class ServerCommand implements Runnable {
  @Parameters(arity = "0..*", paramLabel = "OPTIONS", description = "See: holdfast server --help")
  private List<String> options = List.of();

  @Override
  public void run() {
    throw new Failure(
        ExitCode.USAGE,
        "'server' must be the first word of the command line",
        "write: holdfast server " + String.join(" ", options));
  }
}
