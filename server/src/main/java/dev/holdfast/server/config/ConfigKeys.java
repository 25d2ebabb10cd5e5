package dev.holdfast.server.config;

import dev.holdfast.server.door.DoorSettings;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The keys of the configuration, read off its records. */
final class ConfigKeys {
  private ConfigKeys() {}

  /** The name of a component as a key: {@code entryBytesMax} is {@code entry-bytes-max}. */
  static String keyOf(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** The key of the environment for a path: {@code client.bind} is {@code HOLDFAST_CLIENT_BIND}. */
  static String variableOf(String path) {
    return "HOLDFAST_" + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  static String pathOf(String parent, String key) {
    return parent.isEmpty() ? key : parent + "." + key;
  }

  /** A key with its default, as the documentation writes it; null where there is none. */
  record Documented(String path, @Nullable String defaultText) {}

  /** A key with what it is set to; null where it is not. */
  record Setting(String path, @Nullable Object value) {}

  /** Every key that has a value, in the order of the records; those of list items with []. */
  static List<Documented> all() {
    return settings(NodeConfig.DEFAULT).stream()
        .map(key -> new Documented(key.path(), key.value() == null ? null : textOf(key.value())))
        .toList();
  }

  /** The same keys, with what a configuration sets them to. */
  static List<Setting> settings(NodeConfig config) {
    List<Setting> keys = new ArrayList<>();
    collect("", NodeConfig.class, config, keys);
    return keys;
  }

  private static void collect(
      String parent, Class<?> type, @Nullable Object record, List<Setting> keys) {
    for (RecordComponent component : type.getRecordComponents()) {
      String path = pathOf(parent, keyOf(component));
      Object value = valueOf(component, record);
      if (value instanceof Doors doors) {
        for (String door : Doors.names()) {
          DoorSettings settings = doors.settings(door);
          collect(pathOf(path, door), settings.getClass(), settings, keys);
        }
      } else if (component.getType() == List.class) {
        collect(path + "[]", NodeConfig.NodeEntry.class, null, keys);
      } else if (isNested(component.getType())) {
        collect(path, component.getType(), value, keys);
      } else {
        keys.add(new Setting(path, value));
      }
    }
  }

  /** Whether a type has keys of its own. */
  static boolean isNested(Class<?> type) {
    return type.isRecord() && type.getEnclosingClass() == NodeConfig.class;
  }

  static @Nullable Object valueOf(RecordComponent component, @Nullable Object record) {
    if (record == null) {
      return null;
    }
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("records of the configuration are public", e);
    }
  }

  private static String textOf(Object value) {
    return switch (value) {
      case Duration duration -> Durations.format(duration);
      case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT);
      default -> value.toString();
    };
  }

  /** The known key that looks most like an unknown one. */
  static String nearest(String unknown, List<String> known) {
    return known.stream()
        .min(
            Comparator.comparingInt((String key) -> distance(unknown, key))
                .thenComparing(key -> key))
        .orElse("");
  }

  /** How many letters must change (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
