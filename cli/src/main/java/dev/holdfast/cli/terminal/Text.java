package dev.holdfast.cli.terminal;

/** Foreign text, made safe for a terminal or for one line of a file. */
public final class Text {
  private Text() {}

  /**
   * The text with every control character written as an escape, so that nobody's label or lock name
   * can move the cursor, forge a line or hide anything. Backslashes are doubled, so that two texts
   * never look alike.
   *
   * @param text any text
   */
  public static String printable(String text) {
    StringBuilder safe = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPlain(c)) {
        if (safe != null) {
          safe.append(c);
        }
        continue;
      }
      if (safe == null) {
        safe = new StringBuilder(text.length() + 8).append(text, 0, i);
      }
      safe.append(escape(c));
    }
    return safe == null ? text : safe.toString();
  }

  /**
   * Lower-case hexadecimal digits.
   *
   * @param bytes any bytes
   */
  public static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  private static boolean isPlain(char c) {
    return c != '\\'
        && !Character.isISOControl(c)
        && Character.getType(c) != Character.FORMAT
        && !isLineSeparator(c);
  }

  private static boolean isLineSeparator(char c) {
    return c == '\u2028' || c == '\u2029';
  }

  private static String escape(char c) {
    return switch (c) {
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> String.format("\\u%04x", (int) c);
    };
  }
}
