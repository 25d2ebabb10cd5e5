package dev.holdfast.cli;

import dev.holdfast.cli.terminal.ExitCode;
import dev.holdfast.cli.terminal.Screen;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** The {@code holdfast} command. */
public final class Main {
  private static final String SERVER_MAIN = "dev.holdfast.server.Main";

  private Main() {}

  /**
   * Runs one command and ends the process with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("server")) {
      runServer(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    Screen screen = screen(System.getenv());
    int exitCode = CommandTree.of(screen, System.getenv()).execute(args);
    screen.out().flush();
    screen.err().flush();
    if (screen.out().checkError() && exitCode == ExitCode.OK.number()) {
      exitCode = ExitCode.FAILED.number();
    }
    System.exit(exitCode);
  }

  /** The node takes the process over, its exit codes included; it is only looked up when it is wanted. */
  private static void runServer(String[] args) {
    try {
      Class.forName(SERVER_MAIN).getMethod("main", String[].class).invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("the node ended unexpectedly", e.getCause());
    } catch (ReflectiveOperationException e) {
      System.err.println("holdfast: this installation has no server in it (" + SERVER_MAIN + " is missing)");
      System.err.println("  next: use the full distribution, or build it: mvn verify");
      System.exit(ExitCode.CONFIGURATION.number());
    }
  }

  private static Screen screen(Map<String, String> environment) {
    boolean terminal = System.console() != null && System.console().isTerminal();
    boolean colour =
        terminal && environment.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(environment.get("TERM"));
    return new Screen(writer(FileDescriptor.out), writer(FileDescriptor.err), terminal, colour);
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    OutputStream stream = new FileOutputStream(descriptor);
    return new PrintWriter(stream, false, StandardCharsets.UTF_8);
  }
}
