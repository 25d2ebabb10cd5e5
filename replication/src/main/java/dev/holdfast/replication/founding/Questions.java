package dev.holdfast.replication.founding;

import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The questions that nodes ask each other outside of the engine, as JSON. */
final class Questions {
  static final int ROLL_CALL = 1;
  static final int ENLISTMENT = 2;

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Questions() {}

  static byte[] encode(Object message) {
    return MAPPER.writeValueAsBytes(message);
  }

  static <T> T decode(byte[] body, Class<T> type) throws IOException {
    try {
      return MAPPER.readValue(body, type);
    } catch (JacksonException e) {
      throw new IOException("not a " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
    }
  }
}
