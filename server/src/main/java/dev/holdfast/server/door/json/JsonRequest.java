package dev.holdfast.server.door.json;

import com.google.protobuf.ByteString;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The fields of a request. */
public final class JsonRequest {
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  /** A request that cannot be done; the message says why, to whoever sent it. */
  public static final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1;

    public BadRequestException(String message) {
      super(message);
    }
  }

  private final JsonNode object;

  private JsonRequest(JsonNode object) {
    this.object = object;
  }

  /** Reads an object. */
  public static JsonRequest parse(ByteString bytes) throws BadRequestException {
    try {
      JsonNode tree = MAPPER.readTree(bytes.toByteArray());
      if (tree != null && tree.isObject()) {
        return new JsonRequest(tree);
      }
    } catch (JacksonException malformed) {
      throw malformed(malformed);
    }
    throw new BadRequestException("Malformed JSON");
  }

  private static BadRequestException malformed(JacksonException problem) {
    BadRequestException bad = new BadRequestException("Malformed JSON");
    bad.initCause(problem);
    return bad;
  }

  /** A text; null if there is no such field, or if it is none. */
  public @Nullable String text(String field) {
    JsonNode value = object.get(field);
    return value != null && value.isString() ? value.stringValue() : null;
  }

  /** A text that has to be there. */
  public String requireText(String field) throws BadRequestException {
    String text = text(field);
    if (text == null) {
      throw new BadRequestException(
          object.has(field) ? field + " is not a string" : "Missing field: " + field);
    }
    return text;
  }

  /** A UUID that has to be there, as it was written. */
  public String requireUuid(String field) throws BadRequestException {
    String text = requireText(field);
    if (!UUID_TEXT.matcher(text).matches()) {
      throw new BadRequestException(field + " is not a UUID");
    }
    return text;
  }

  /** An object inside this one; without fields if there is none. */
  public JsonRequest object(String field) {
    JsonNode value = object.get(field);
    return new JsonRequest(value != null && value.isObject() ? value : MAPPER.createObjectNode());
  }
}
