package dev.holdfast.history.file;

import dev.holdfast.history.Answer;
import dev.holdfast.history.Demand;
import dev.holdfast.history.LockMode;
import dev.holdfast.history.NodeLine;
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
    for (Object each : as(List.class, name, value, "a list")) {
      demands.add(demand(name, each));
    }
    return interner.demands(demands);
  }

  private static Demand demand(String name, Object each) {
    if (each instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof String lock) {
      if (list.size() == 2 && list.get(1) instanceof String text) {
        LockMode mode = constant(text, name, LockMode.class);
        if (mode != LockMode.PERMITS) {
          return new Demand(lock, mode);
        }
      } else if (list.size() == 3
          && list.get(1) instanceof Long permits
          && list.get(2) instanceof Long limit) {
        return Demand.permits(lock, count(permits), count(limit));
      }
    }
    throw new BadFieldException(
        "'" + name + "' must hold pairs of lock and mode, or lock, permits and limit");
  }

  private static int count(long number) {
    if (number < 1 || number > Integer.MAX_VALUE) {
      throw new BadFieldException(number + " is no number of permits");
    }
    return (int) number;
  }

  List<NodeLine.Member> members(String name) {
    List<NodeLine.Member> members = new ArrayList<>(2);
    for (Object each : as(List.class, name, values.remove(name), "a list")) {
      if (each instanceof List<?> list
          && list.size() == 3
          && list.get(0) instanceof Long ticket
          && list.get(1) instanceof String lock
          && list.get(2) instanceof Long token) {
        members.add(new NodeLine.Member(ticket, lock, token));
      } else {
        throw new BadFieldException("'" + name + "' must hold triples of ticket, lock and token");
      }
    }
    return members;
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
          case "granted" -> granted(fields);
          case "handed_over" -> new Answer.HandedOver(fields.number("token"));
          case "done" -> new Answer.Done(fields.number("revision"));
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

  private static Answer granted(Fields fields) {
    long token = fields.number("token");
    long expiresAtMillis = fields.optionalNumber("expiresAtMillis");
    long revision = fields.optionalNumber("revision");
    return new Answer.Granted(token, expiresAtMillis, revision == 0 ? token : revision);
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
