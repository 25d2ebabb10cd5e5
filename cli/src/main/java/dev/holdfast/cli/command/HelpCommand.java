package dev.holdfast.cli.command;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The help page of a command. */
@Command(
    name = "help",
    description = "Shows what a command does and its options.",
    footer = {"", "Example: holdfast help lock"})
final class HelpCommand implements Runnable {
  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "Which one, such as: cluster add")
  private List<String> words = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    CommandLine page = spec.root().commandLine();
    for (String word : words) {
      CommandLine next = page.getSubcommands().get(word);
      if (next == null) {
        throw new UnmatchedArgumentException(page, List.of(word));
      }
      page = next;
    }
    page.usage(page.getOut());
  }
}
