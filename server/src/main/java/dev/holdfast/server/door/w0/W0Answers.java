package dev.holdfast.server.door.w0;

import dev.holdfast.server.door.json.PythonJson;
import org.jspecify.annotations.Nullable;

/** The answers of this wire, byte for byte. */
final class W0Answers {
  static final String TRUE = "{\"result\": true}";
  static final String FALSE = "{\"result\": false}";
  static final String INVALID_OPERATION = refused("Invalid operation");

  private W0Answers() {}

  static String refused(String reason) {
    return "{\"result\": false, \"reason\": " + PythonJson.quote(reason) + "}";
  }

  static String heldBy(@Nullable String owner) {
    return "{\"result\": false, \"owner\": " + orNull(owner) + "}";
  }

  static String owner(@Nullable String owner) {
    return "{\"owner\": " + orNull(owner) + "}";
  }

  private static String orNull(@Nullable String text) {
    return text == null ? "null" : PythonJson.quote(text);
  }
}
