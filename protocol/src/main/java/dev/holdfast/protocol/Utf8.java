package dev.holdfast.protocol;

import java.nio.charset.StandardCharsets;

/** How long a text is in UTF-8. */
public final class Utf8 {
  private static final int BYTES_OF_CHAR_MAX = 3;

  private Utf8() {}

  /**
   * Whether a text has more bytes than it may; encoded only if its length does not tell already.
   *
   * @param text any text; half a surrogate pair counts as one byte
   * @param bytesMax 0 or more
   */
  public static boolean isLonger(String text, int bytesMax) {
    return text.length() > bytesMax
        || (text.length() > bytesMax / BYTES_OF_CHAR_MAX
            && text.getBytes(StandardCharsets.UTF_8).length > bytesMax);
  }
}
