package dev.holdfast.cli.command;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Completion of words for shells. */
@Command(
    name = "completion",
    description =
        "Writes a script that makes bash (and zsh) complete this program's commands and options.",
    footer = {"", "Example: source <(holdfast completion)"})
final class CompletionCommand implements Runnable {
  private final Invocation invocation;

  @Spec private CommandSpec spec = CommandSpec.create();

  CompletionCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void run() {
    invocation.screen().out().print(AutoComplete.bash("holdfast", spec.root().commandLine()));
  }
}
