package dev.holdfast.server.door;

import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HexFormat;

/**
 * Names of wires that allow any bytes, as lock names of one segment. What a segment cannot have is
 * written as {@code %} and two digits for each of its bytes: {@code /}, {@code %}, control
 * characters, bytes that are no UTF-8, and, in a name that is not in normal form C, all that is not
 * ASCII. So a name without any of these is the same lock at every door, and no two names are one
 * lock. The empty name is a {@code %} alone.
 */
public final class WireName {
  private static final String EMPTY = "%";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private WireName() {}

  /**
   * The lock of a name.
   *
   * @param name any text, half surrogate pairs too
   * @return one segment; longer than a lock's name may be if the name is too long
   */
  public static String toLock(String name) {
    return toLock(bytes(name));
  }

  /** The lock of a name in bytes, which need not be UTF-8. */
  public static String toLock(byte[] name) {
    if (name.length == 0) {
      return EMPTY;
    }
    String plain = escaped(name, false);
    return isAscii(plain) || Normalizer.isNormalized(plain, Normalizer.Form.NFC)
        ? plain
        : escaped(name, true);
  }

  /** Whether the lock of a name is longer than a lock's name may be. */
  public static boolean isTooLong(String lock) {
    return Utf8.isLonger(lock, LockName.BYTES_MAX);
  }

  /** The name whose lock this is, in bytes; of other locks, what looks most like one. */
  public static byte[] toName(String lock) {
    if (lock.equals(EMPTY)) {
      return new byte[0];
    }
    byte[] bytes = lock.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream name = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '%'
          && i + 2 < bytes.length
          && HexFormat.isHexDigit(bytes[i + 1])
          && HexFormat.isHexDigit(bytes[i + 2])) {
        name.write(
            HexFormat.fromHexDigit(bytes[i + 1]) << 4 | HexFormat.fromHexDigit(bytes[i + 2]));
        i += 2;
      } else {
        name.write(bytes[i]);
      }
    }
    return name.toByteArray();
  }

  private static String escaped(byte[] name, boolean asciiOnly) {
    StringBuilder lock = new StringBuilder(name.length + 16);
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(name);
    CharBuffer out = CharBuffer.allocate(name.length);
    while (in.hasRemaining()) {
      var result = decoder.reset().decode(in, out, true);
      out.flip();
      out.codePoints().forEach(each -> append(lock, each, asciiOnly));
      out.clear();
      for (int i = 0; result.isError() && i < result.length(); i++) {
        appendByte(lock, in.get());
      }
    }
    return lock.toString();
  }

  private static void append(StringBuilder lock, int codePoint, boolean asciiOnly) {
    boolean isEscaped =
        codePoint == '/'
            || codePoint == '%'
            || Character.isISOControl(codePoint)
            || (asciiOnly && codePoint >= 0x80);
    if (!isEscaped) {
      lock.appendCodePoint(codePoint);
      return;
    }
    for (byte each : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
      appendByte(lock, each);
    }
  }

  private static void appendByte(StringBuilder lock, byte value) {
    lock.append('%').append(HEX.toHexDigits(value));
  }

  /** UTF-8, with half a surrogate pair as the three bytes that it would be if it were allowed. */
  private static byte[] bytes(String name) {
    if (StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      return name.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length() * 3);
    name.codePoints()
        .forEach(
            each -> {
              if (each >= Character.MIN_SURROGATE && each <= Character.MAX_SURROGATE) {
                bytes.write(0xE0 | each >> 12);
                bytes.write(0x80 | (each >> 6 & 0x3F));
                bytes.write(0x80 | (each & 0x3F));
              } else {
                bytes.writeBytes(Character.toString(each).getBytes(StandardCharsets.UTF_8));
              }
            });
    return bytes.toByteArray();
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }
}
