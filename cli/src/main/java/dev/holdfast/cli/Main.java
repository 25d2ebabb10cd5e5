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
import java.util.logging.LogManager;

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
    quietLibraries();
    Screen screen = screen(System.getenv());
    int exitCode = execute(screen, args);
    screen.out().flush();
    screen.err().flush();
    if (screen.out().checkError() && exitCode == ExitCode.OK.number()) {
      exitCode = ExitCode.FAILED.number();
    }
    System.exit(exitCode);
  }

  private static int execute(Screen screen, String[] args) {
    try {
      return CommandTree.of(screen, System.getenv()).execute(args);
    } catch (LinkageError | VirtualMachineError e) {
      screen.message("holdfast: unexpected: " + e);
      screen.message(
          "  next: is this installation whole, and is there memory enough? Otherwise please report this bug");
      return ExitCode.BUG.number();
    }
  }

  /**
   * The node takes the process over, its exit codes included; it is only looked up when it is
   * wanted.
   */
  private static void runServer(String[] args) {
    try {
      Class.forName(SERVER_MAIN).getMethod("main", String[].class).invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("the node ended unexpectedly", e.getCause());
    } catch (ReflectiveOperationException e) {
      System.err.println(
          "holdfast: this installation has no server in it (" + SERVER_MAIN + " is missing)");
      System.err.println("  next: use the full distribution, or build it: mvn verify");
      System.exit(ExitCode.CONFIGURATION.number());
    }
  }

  /**
   * What libraries log is no answer to a command; a problem reaches the user as an error of that
   * command.
   */
  private static void quietLibraries() {
    System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    LogManager.getLogManager().reset();
  }

  private static Screen screen(Map<String, String> environment) {
    boolean terminal = Screen.isTerminal();
    boolean colour =
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !"dumb".equals(environment.get("TERM"));
    return new Screen(
        writer(FileDescriptor.out),
        writer(FileDescriptor.err),
        terminal,
        Screen.isErrorTerminal(terminal),
        colour);
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    OutputStream stream = new FileOutputStream(descriptor);
    return new PrintWriter(stream, false, StandardCharsets.UTF_8);
  }
}
