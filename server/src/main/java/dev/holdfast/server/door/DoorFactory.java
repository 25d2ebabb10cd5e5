package dev.holdfast.server.door;

/**
 * Makes the door of one wire. It is found by {@link java.util.ServiceLoader}, and its settings are
 * read from the configuration by their record, so that a new wire is a new package and a line in
 * {@code META-INF/services}, and no edit elsewhere.
 */
public interface DoorFactory {
  /** What the door is called in logs, and its key below {@code doors}. */
  String name();

  /**
   * The port of the cluster's first node where none is set; the nodes after it have the ports after
   * it, so that one file serves several nodes on one machine.
   */
  int firstPort();

  /** What holds where nothing is set: a record, of a door that is not opened. */
  DoorSettings defaults();

  /**
   * A door that is not open yet.
   *
   * @param settings of the type of {@link #defaults}
   */
  Door make(DoorSettings settings, DoorSite site);
}
