package dev.holdfast.cli.terminal;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;

/**
 * Where a command writes: data to stdout, messages to stderr.
 *
 * @param out data, and nothing else
 * @param err messages for a person
 * @param outIsTerminal whether a person reads {@code out} at once: only then is it coloured and
 *     progress shown
 * @param colour whether colours are welcome: a terminal, and {@code NO_COLOR} is not set
 */
public record Screen(PrintWriter out, PrintWriter err, boolean outIsTerminal, boolean colour) {

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
   * The text in a style, or as it is without colour.
   *
   * @param style the style
   * @param text any text
   */
  public String styled(Style style, String text) {
    return colour ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
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
