package dev.holdfast.cli.shell;

import dev.holdfast.client.Demand;
import dev.holdfast.client.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Proposes words for a line: commands, options, modes, and the names of locks as they are now. */
final class Completion {
  private static final Set<String> LOCK_NAMES = Set.of("NAME", "LOCK", "PREFIX", "P");
  private static final List<String> CLASSIC = List.of("Lock", "Release", "Status", "exit");

  private final @Nullable CommandLine tree;
  private final LiveNames live;
  private final ShellLocks locks;

  /**
   * Knows the words.
   *
   * @param tree the commands; null for the classic shell
   * @param live asks for names
   * @param locks what the shell holds itself
   */
  Completion(@Nullable CommandLine tree, LiveNames live, ShellLocks locks) {
    this.tree = tree;
    this.live = live;
    this.locks = locks;
  }

  /**
   * What may stand there; what does not begin as typed may be among it.
   *
   * @param words of the line, the one that is typed among them
   * @param index which one that is
   */
  List<String> propose(List<String> words, int index) {
    String typed = index < words.size() ? words.get(index) : "";
    if (tree == null) {
      return Stream.concat(CLASSIC.stream(), live.beginning(typed).stream()).toList();
    }
    if (index == 0) {
      return commands(tree);
    }
    CommandLine command = tree.getSubcommands().get(words.get(0));
    if (command == null) {
      return List.of();
    }
    if (command.getCommandName().equals("help")) {
      return commands(tree);
    }
    CommandSpec spec = command.getCommandSpec();
    if (typed.startsWith("-")) {
      return spec.options().stream()
          .filter(option -> !option.hidden())
          .flatMap(option -> Arrays.stream(option.names()))
          .filter(name -> name.startsWith("--"))
          .sorted()
          .toList();
    }
    OptionSpec before = spec.findOption(words.get(index - 1));
    if (before != null && before.arity().max() > 0) {
      return values(before, typed);
    }
    return spec.positionalParameters().stream()
            .anyMatch(parameter -> LOCK_NAMES.contains(parameter.paramLabel()))
        ? names(command.getCommandName(), typed)
        : List.of();
  }

  private List<String> values(OptionSpec option, String typed) {
    if (option.type() == Mode.class) {
      return Arrays.stream(Mode.values()).map(Mode::name).toList();
    }
    return LOCK_NAMES.contains(option.paramLabel()) || option.longestName().equals("--and")
        ? live.beginning(typed)
        : List.of();
  }

  private List<String> names(String command, String typed) {
    if (!command.equals("unlock")) {
      return live.beginning(typed);
    }
    return locks.held().stream()
        .flatMap(holding -> holding.demands().stream())
        .map(Demand::lock)
        .filter(name -> name.startsWith(typed))
        .toList();
  }

  private static List<String> commands(CommandLine tree) {
    return new ArrayList<>(tree.getSubcommands().keySet());
  }
}
