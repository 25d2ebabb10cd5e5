package dev.holdfast.cli.terminal;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a command writes: data to stdout, messages to stderr.
 *
 * @param out data, and nothing else
 * @param err messages for a person
 * @param outIsTerminal whether a person reads {@code out} at once: only then is it coloured
 * @param errIsTerminal whether a person reads {@code err} at once: only then is it coloured and
 *     progress shown
 * @param colour whether colours are welcome where there is a terminal: {@code NO_COLOR} is not set
 */
public record Screen(
    PrintWriter out,
    PrintWriter err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    boolean colour) {

  /**
   * One whose streams go both to a terminal, or neither.
   *
   * @param out data
   * @param err messages
   * @param terminal whether it is a terminal
   * @param colour whether colours are welcome there
   */
  public Screen(PrintWriter out, PrintWriter err, boolean terminal, boolean colour) {
    this(out, err, terminal, terminal, colour);
  }

  /** A way to set words apart. Without colour it changes nothing. */
  public enum Style {
    /** Headings. */
    BOLD("1"),
    /** What matters less. */
    FAINT("2"),
    /** Good. */
    GREEN("32"),
    /** Bad. */
    RED("31"),
    /** Look here. */
    YELLOW("33");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  /** Whether a person sits before this process: stdin and stdout are a terminal. */
  public static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /**
   * Whether stderr is a terminal, as far as {@code /proc} can tell.
   *
   * @param otherwise what is believed where it cannot
   */
  public static boolean isErrorTerminal(boolean otherwise) {
    try {
      String file = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return file.startsWith("/dev/pts/")
          || file.startsWith("/dev/tty")
          || file.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException noProc) {
      return otherwise;
    }
  }

  /** Whether what is written to stdout may have colours. */
  public boolean outIsColoured() {
    return outIsTerminal && colour;
  }

  /**
   * The text in a style for stdout, or as it is without colour.
   *
   * @param style the style
   * @param text any text
   */
  public String styled(Style style, String text) {
    return outIsColoured() ? inStyle(style, text) : text;
  }

  /**
   * The text in a style for stderr, or as it is without colour.
   *
   * @param style the style
   * @param text any text
   */
  public String styledMessage(Style style, String text) {
    return errIsTerminal && colour ? inStyle(style, text) : text;
  }

  private static String inStyle(Style style, String text) {
    return "\u001b[" + style.code + "m" + text + "\u001b[0m";
  }

  /**
   * A line for a person, on stderr, after the data written so far.
   *
   * @param line one line
   */
  public void message(String line) {
    out.flush();
    err.println(line);
    err.flush();
  }

  /**
   * A line of data, on stdout.
   *
   * @param line one line
   */
  public void line(String line) {
    out.println(line);
  }
}
