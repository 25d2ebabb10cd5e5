package dev.holdfast.history.file;

import dev.holdfast.history.Answer;
import dev.holdfast.history.Demand;
import dev.holdfast.history.LockMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The fields of one object, each of which is to be asked for by its name exactly once. */
final class Fields {
  /** Something is wrong with a field; the message says what. */
  static final class BadFieldException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadFieldException(String message) {
      super(message);
    }
  }

  private final Map<String, Object> values = new HashMap<>();
  private final Interner interner;

  Fields(Interner interner) {
    this.interner = interner;
  }

  /** Reads an object of which the opening brace has been read. */
  void read(JsonParser json) {
    values.clear();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      if (values.put(name, value(json, json.nextToken())) != null) {
        throw new BadFieldException("'" + name + "' occurs twice");
      }
    }
  }

  private Object value(JsonParser json, JsonToken token) {
    return switch (token) {
      case VALUE_STRING -> interner.text(json.getString());
      case VALUE_NUMBER_INT -> json.getLongValue();
      case START_ARRAY -> list(json);
      case START_OBJECT -> {
        Fields fields = new Fields(interner);
        fields.read(json);
        yield fields;
      }
      default -> throw new BadFieldException("a " + token.name() + " is nowhere expected");
    };
  }

  private List<Object> list(JsonParser json) {
    List<Object> list = new ArrayList<>(2);
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      list.add(value(json, token));
    }
    return list;
  }

  String text(String name) {
    return as(String.class, name, values.remove(name), "a text");
  }

  String optionalText(String name) {
    Object value = values.remove(name);
    return value == null ? "" : as(String.class, name, value, "a text");
  }

  long number(String name) {
    return as(Long.class, name, values.remove(name), "a number");
  }

  long optionalNumber(String name) {
    Object value = values.remove(name);
    return value == null ? 0 : as(Long.class, name, value, "a number");
  }

  <E extends Enum<E>> E constant(String name, Class<E> type) {
    return constant(text(name), name, type);
  }

  private static <E extends Enum<E>> E constant(String text, String name, Class<E> type) {
    try {
      return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new BadFieldException("'" + name + "' is '" + text + "', which it cannot be");
    }
  }

  List<Demand> demands(String name) {
    Object value = values.remove(name);
    if (value == null) {
      return List.of();
    }
    List<Demand> demands = new ArrayList<>(2);
    for (Object pair : as(List.class, name, value, "a list")) {
      if (pair instanceof List<?> two
          && two.size() == 2
          && two.get(0) instanceof String lock
          && two.get(1) instanceof String mode) {
        demands.add(new Demand(lock, constant(mode, name, LockMode.class)));
      } else {
        throw new BadFieldException("'" + name + "' must hold pairs of lock and mode");
      }
    }
    return interner.demands(demands);
  }

  List<Long> numbers(String name) {
    List<Long> numbers = new ArrayList<>(2);
    for (Object each : as(List.class, name, values.remove(name), "a list")) {
      numbers.add(as(Long.class, name, each, "a list of numbers"));
    }
    return numbers;
  }

  Answer answer(String name) {
    Fields fields = as(Fields.class, name, values.remove(name), "an object");
    String is = fields.text("is");
    Answer answer =
        switch (is) {
          case "granted" ->
              new Answer.Granted(fields.number("token"), fields.optionalNumber("expiresAtMillis"));
          case "released" -> new Answer.Released(fields.number("revision"));
          case "refused" ->
              new Answer.Refused(fields.text("reason"), fields.optionalNumber("revision"));
          case "queued" -> new Answer.Queued(fields.number("ticket"));
          case "unknown" -> new Answer.Unknown();
          default -> throw new BadFieldException("an answer cannot be '" + is + "'");
        };
    fields.requireAllTaken();
    return answer;
  }

  /** Refuses fields that nobody asked for: a misspelt one would go unnoticed otherwise. */
  void requireAllTaken() {
    if (!values.isEmpty()) {
      throw new BadFieldException("there is no field " + values.keySet() + " in such a line");
    }
  }

  private static <T> T as(Class<T> type, String name, @Nullable Object value, String what) {
    if (value == null) {
      throw new BadFieldException("'" + name + "' is missing");
    }
    if (!type.isInstance(value)) {
      throw new BadFieldException("'" + name + "' must be " + what);
    }
    return type.cast(value);
  }
}
