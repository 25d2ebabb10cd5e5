package dev.holdfast.fencing;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What every gate demands of its callers. */
final class GateArguments {
  /** Bounds what a gate keeps for a resource. */
  static final int RESOURCE_BYTES_MAX = 1024;

  private GateArguments() {}

  static void requireToken(long token) {
    if (token < 1) {
      throw new IllegalArgumentException("a fencing token is 1 or more, not " + token);
    }
  }

  /** Returns the name's UTF-8, which is strict, for two names must never share one. */
  static byte[] requireResource(String resource) {
    if (resource.isEmpty()) {
      throw new IllegalArgumentException("the name of a resource is not empty");
    }
    byte[] utf8;
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(resource));
      utf8 = new byte[encoded.remaining()];
      encoded.get(utf8);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "the name of a resource has no unpaired surrogates, but '" + resource + "' has", e);
    }
    if (utf8.length > RESOURCE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the name of a resource has at most %d bytes of UTF-8, not %d"
              .formatted(RESOURCE_BYTES_MAX, utf8.length));
    }
    return utf8;
  }
}
