package dev.holdfast.server.config;

import dev.holdfast.server.door.DoorFactory;
import dev.holdfast.server.door.DoorSettings;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The settings of every door that this program knows, by its name. Which doors there are is found
 * out, not written here.
 *
 * @param byName one for each known door, enabled or not
 */
public record Doors(TreeMap<String, DoorSettings> byName) {
  private static final TreeMap<String, DoorFactory> FACTORIES = find();

  /** What holds where nothing is set. */
  static final Doors DEFAULT = defaults();

  private static TreeMap<String, DoorFactory> find() {
    TreeMap<String, DoorFactory> found = new TreeMap<>();
    for (DoorFactory factory :
        ServiceLoader.load(DoorFactory.class, Doors.class.getClassLoader())) {
      if (found.put(factory.name(), factory) != null) {
        throw new IllegalStateException("there are two doors named " + factory.name());
      }
    }
    return found;
  }

  private static Doors defaults() {
    TreeMap<String, DoorSettings> settings = new TreeMap<>();
    FACTORIES.forEach((name, factory) -> settings.put(name, factory.defaults()));
    return new Doors(settings);
  }

  /** The names of all doors, in their order. */
  static List<String> names() {
    return List.copyOf(FACTORIES.keySet());
  }

  /** What makes a known door. */
  static DoorFactory factory(String name) {
    DoorFactory factory = FACTORIES.get(name);
    if (factory == null) {
      throw new IllegalArgumentException("there is no door " + name);
    }
    return factory;
  }

  /** What holds for a door, whether set or not. */
  DoorSettings settings(String name) {
    DoorSettings settings = byName.get(name);
    return settings == null ? factory(name).defaults() : settings;
  }
}
