package dev.holdfast.cli;

import dev.holdfast.cli.command.Globals;
import dev.holdfast.cli.command.Invocation;
import dev.holdfast.cli.terminal.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/** What a command line has said that ran in this process, as if its output were a pipe. */
record Ran(int exitCode, String out, String err) {
  /** At one cluster, which is none, without environment variables. */
  static Ran of(FakeCluster cluster, String... args) {
    return of(Map.of(), (endpoints, limit) -> cluster, args);
  }

  static Ran of(Map<String, String> environment, Invocation.Connector connector, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Screen screen = new Screen(new PrintWriter(out), new PrintWriter(err), false, false);
    Globals globals = new Globals();
    Invocation invocation = new Invocation(globals, screen, environment, connector);
    int exitCode = CommandTree.of(invocation, globals).execute(args);
    screen.out().flush();
    screen.err().flush();
    return new Ran(exitCode, out.toString(), err.toString());
  }
}
