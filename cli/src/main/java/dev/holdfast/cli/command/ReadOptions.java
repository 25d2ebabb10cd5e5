package dev.holdfast.cli.command;

import dev.holdfast.client.Consistency;
import picocli.CommandLine.Option;

/** How a question is to be answered. */
final class ReadOptions {
  @Option(
      names = "--local",
      description =
          "Ask one node for what it knows, at once and even without a leader; may be a little old. Without: as of now.")
  private boolean local;

  Consistency consistency() {
    return local ? Consistency.LOCAL : Consistency.LINEARIZABLE;
  }
}
