package dev.holdfast.server.config;

import dev.holdfast.replication.PeerAddress;
import dev.holdfast.server.door.DoorSettings;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Binds a tree of settings to the records, and refuses what is not a key or not a value. */
final class ConfigBinder {
  private final String source;
  private final Map<String, String> sourcesByPath;

  /**
   * @param source where settings come from, for messages
   * @param sourcesByPath where single settings come from that were set elsewhere
   */
  ConfigBinder(String source, Map<String, String> sourcesByPath) {
    this.source = source;
    this.sourcesByPath = Map.copyOf(sourcesByPath);
  }

  /** Binds a whole configuration. */
  NodeConfig bind(JsonNode tree) throws ConfigException {
    return (NodeConfig) bindRecord("", NodeConfig.class, tree, NodeConfig.DEFAULT);
  }

  private Object bindRecord(String path, Class<?> type, JsonNode tree, @Nullable Object defaults)
      throws ConfigException {
    if (!tree.isObject() && !tree.isNull()) {
      throw at(path, "write keys and values under it, such as " + firstKey(type) + ": ...");
    }
    RecordComponent[] components = type.getRecordComponents();
    refuseUnknownKeys(path, components, tree);
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = ConfigKeys.keyOf(components[i]);
      values[i] =
          bindComponent(
              ConfigKeys.pathOf(path, key),
              components[i],
              tree.get(key),
              ConfigKeys.valueOf(components[i], defaults));
    }
    return construct(path, type, components, values);
  }

  private static String firstKey(Class<?> type) {
    return ConfigKeys.keyOf(type.getRecordComponents()[0]);
  }

  private void refuseUnknownKeys(String path, RecordComponent[] components, JsonNode tree)
      throws ConfigException {
    refuseUnknown(path, Arrays.stream(components).map(ConfigKeys::keyOf).toList(), tree);
  }

  private void refuseUnknown(String path, List<String> known, JsonNode tree)
      throws ConfigException {
    for (String key : tree.propertyNames()) {
      if (!known.contains(key)) {
        throw at(
            ConfigKeys.pathOf(path, key),
            "there is no such key; did you mean "
                + ConfigKeys.pathOf(path, ConfigKeys.nearest(key, known))
                + "? All keys are in docs/configuration.md");
      }
    }
  }

  private @Nullable Object bindComponent(
      String path, RecordComponent component, @Nullable JsonNode value, @Nullable Object byDefault)
      throws ConfigException {
    if (value == null || value.isNull()) {
      if (byDefault == null && !isNullable(component)) {
        throw at(path, "is missing; set it");
      }
      return byDefault;
    }
    if (component.getType() == List.class) {
      return bindNodes(path, value);
    }
    if (component.getType() == Doors.class) {
      return bindDoors(path, value);
    }
    return ConfigKeys.isNested(component.getType())
        ? bindRecord(path, component.getType(), value, byDefault)
        : bindScalar(path, component.getType(), value);
  }

  private static boolean isNullable(RecordComponent component) {
    return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  private List<NodeConfig.NodeEntry> bindNodes(String path, JsonNode value) throws ConfigException {
    if (!value.isArray()) {
      throw at(path, "write a list, one `- id: n1, peer: host:port, client: host:port` a node");
    }
    List<NodeConfig.NodeEntry> entries = new ArrayList<>();
    for (JsonNode each : value) {
      String itemPath = path + "[" + entries.size() + "]";
      entries.add(
          (NodeConfig.NodeEntry) bindRecord(itemPath, NodeConfig.NodeEntry.class, each, null));
    }
    return entries;
  }

  private Doors bindDoors(String path, JsonNode tree) throws ConfigException {
    if (!tree.isObject()) {
      throw at(path, "write a door and its keys under it, such as w0: {enabled: true}");
    }
    refuseUnknown(path, Doors.names(), tree);
    TreeMap<String, DoorSettings> settings = new TreeMap<>();
    for (String name : Doors.names()) {
      DoorSettings defaults = Doors.factory(name).defaults();
      JsonNode own = tree.get(name);
      settings.put(
          name,
          own == null || own.isNull()
              ? defaults
              : (DoorSettings)
                  bindRecord(ConfigKeys.pathOf(path, name), defaults.getClass(), own, defaults));
    }
    return new Doors(settings);
  }

  private Object bindScalar(String path, Class<?> type, JsonNode value) throws ConfigException {
    if (!value.isValueNode()) {
      throw at(path, "write a single value, not a list or keys");
    }
    String text = value.asString();
    try {
      return parse(type, text);
    } catch (IllegalArgumentException e) {
      String problem = String.valueOf(e.getMessage());
      String quoted = "'" + text + "'";
      throw at(path, problem.contains(quoted) ? problem : quoted + " cannot be used: " + problem);
    }
  }

  private static Object parse(Class<?> type, String text) {
    if (type == String.class) {
      return text;
    } else if (type == Duration.class) {
      return Durations.parse(text);
    } else if (type == DataSize.class) {
      return DataSize.parse(text);
    } else if (type == PeerAddress.class) {
      return PeerAddress.parse(text);
    } else if (type == boolean.class) {
      return parseBoolean(text);
    } else if (type == int.class) {
      return Math.toIntExact(parseNumber(text, Integer.MAX_VALUE));
    } else if (type == long.class) {
      return parseNumber(text, Long.MAX_VALUE);
    } else if (type.isEnum()) {
      return parseConstant(type, text);
    }
    throw new IllegalStateException("no values of " + type + " are known");
  }

  private static boolean parseBoolean(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("write true or false");
    }
    return text.equals("true");
  }

  private static long parseNumber(String text, long max) {
    try {
      long number = Long.parseLong(text.replace("_", ""));
      if (number >= 0 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("write a whole number from 0 to " + max, e);
    }
    throw new IllegalArgumentException("write a whole number from 0 to " + max);
  }

  private static Object parseConstant(Class<?> type, String text) {
    List<String> names = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      String name = ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
      if (name.equals(text.toLowerCase(Locale.ROOT))) {
        return constant;
      }
      names.add(name);
    }
    throw new IllegalArgumentException("write one of " + String.join(", ", names));
  }

  private Object construct(
      String path, Class<?> type, RecordComponent[] components, @Nullable Object[] values)
      throws ConfigException {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw at(path, String.valueOf(e.getTargetException().getMessage()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("records of the configuration are public", e);
    }
  }

  private ConfigException at(String path, String problem) {
    String where = source;
    for (Map.Entry<String, String> each : sourcesByPath.entrySet()) {
      if (path.equals(each.getKey()) || path.startsWith(each.getKey() + "[")) {
        where = each.getValue();
      }
    }
    return ConfigException.at(where, path.isEmpty() ? "(the whole)" : path, problem);
  }
}
