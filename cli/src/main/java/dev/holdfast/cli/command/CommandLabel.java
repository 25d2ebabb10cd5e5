package dev.holdfast.cli.command;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * What the session of {@code holdfast lock} says about itself, so that {@code who} tells which
 * command runs.
 */
public final class CommandLabel {
  private static final int CHARACTERS_MAX = 60;

  private CommandLabel() {}

  /**
   * Host, process, user and command, within the bytes of a label.
   *
   * @param command its words
   */
  public static String of(List<String> command) {
    return host()
        + " pid "
        + ProcessHandle.current().pid()
        + " "
        + System.getProperty("user.name", "unknown")
        + ": "
        + shortened(String.join(" ", command));
  }

  /** At most 60 characters of ASCII, so that the whole stays within the 256 bytes of a label. */
  private static String shortened(String text) {
    int[] characters =
        text.codePoints().map(c -> c < 0x80 && !Character.isISOControl(c) ? c : '?').toArray();
    return characters.length <= CHARACTERS_MAX
        ? new String(characters, 0, characters.length)
        : new String(characters, 0, CHARACTERS_MAX - 3) + "...";
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "localhost";
    }
  }
}
