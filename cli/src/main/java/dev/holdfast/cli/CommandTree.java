package dev.holdfast.cli;

import dev.holdfast.cli.command.Commands;
import dev.holdfast.cli.command.ErrorLines;
import dev.holdfast.cli.command.Globals;
import dev.holdfast.cli.command.Invocation;
import dev.holdfast.cli.shell.ShellCommand;
import dev.holdfast.cli.terminal.Screen;
import java.util.Map;
import picocli.CommandLine;

/** All commands put together. */
final class CommandTree {
  private CommandTree() {}

  static CommandLine of(Screen screen, Map<String, String> environment) {
    Globals globals = new Globals();
    return of(Invocation.real(globals, screen, environment), globals);
  }

  static CommandLine of(Invocation invocation, Globals globals) {
    CommandLine root = Commands.all(invocation, globals);
    root.addSubcommand(new ShellCommand(invocation));
    Commands.registerConverters(root);
    Screen screen = invocation.screen();
    root.setOut(screen.out());
    root.setErr(screen.err());
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            screen.outIsColoured() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    root.setCaseInsensitiveEnumValuesAllowed(true);
    ErrorLines.install(root, screen, globals);
    HelpPages.install(root);
    return root;
  }
}
