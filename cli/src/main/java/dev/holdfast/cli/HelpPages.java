package dev.holdfast.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Short help: options that every command has are told once, at the top; commands are grouped by
 * what they are for.
 */
final class HelpPages {
  /** Commands for one purpose. */
  private record Group(String heading, List<String> commands) {}

  private static final List<Group> GROUPS =
      List.of(
          new Group(
              "Use locks",
              List.of(
                  "lock",
                  "hold",
                  "shell",
                  "elect",
                  "who",
                  "queue",
                  "check",
                  "grant-info",
                  "locks",
                  "sessions",
                  "watch",
                  "history",
                  "value",
                  "file")),
          new Group("See who waits for whom", List.of("waits", "why", "deadlocks", "lint")),
          new Group("Look after them", List.of("revoke", "unlock", "force-release", "dump")),
          new Group("Run a cluster", List.of("server", "status", "info", "cluster")),
          new Group("Try it", List.of("demo", "bench", "verify")),
          new Group("This program", List.of("help", "version", "completion")));

  private static final int WIDTH = 100;

  private HelpPages() {}

  static void install(CommandLine root) {
    root.getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, HelpPages::groupedCommands);
    tidy(root);
    root.getSubcommands().values().forEach(HelpPages::withoutInherited);
  }

  private static void withoutInherited(CommandLine command) {
    command
        .getHelpSectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_OPTION_LIST,
            help -> {
              List<OptionSpec> own =
                  help.commandSpec().options().stream()
                      .filter(option -> !option.inherited() && !option.hidden())
                      .toList();
              return help.optionListExcludingGroups(own);
            });
    tidy(command);
    command.getSubcommands().values().forEach(HelpPages::withoutInherited);
  }

  private static void tidy(CommandLine command) {
    command.setUsageHelpWidth(WIDTH);
    UsageMessageSpec page = command.getCommandSpec().usageMessage();
    page.abbreviateSynopsis(true);
    page.parameterListHeading("%n");
    if (page.optionListHeading().isEmpty()
        && hasOptions(command)
        && command.getCommandSpec().positionalParameters().isEmpty()) {
      page.optionListHeading("%n");
    }
    page.commandListHeading("");
  }

  private static boolean hasOptions(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .anyMatch(option -> !option.inherited() && !option.hidden());
  }

  private static String groupedCommands(Help help) {
    StringBuilder text = new StringBuilder();
    for (Group group : GROUPS) {
      text.append(String.format("%n%s%n", group.heading));
      for (String name : group.commands) {
        Help command = help.subcommands().get(name);
        if (command != null) {
          text.append(String.format("  %-14s %s%n", name, firstSentence(command)));
        }
      }
    }
    return text.toString();
  }

  private static String firstSentence(Help help) {
    String[] description = help.commandSpec().usageMessage().description();
    return description.length == 0 ? "" : description[0];
  }
}
