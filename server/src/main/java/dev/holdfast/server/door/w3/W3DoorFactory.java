package dev.holdfast.server.door.w3;

import dev.holdfast.server.door.Door;
import dev.holdfast.server.door.DoorFactory;
import dev.holdfast.server.door.DoorSettings;
import dev.holdfast.server.door.DoorSite;

/** Makes this wire's door. */
public final class W3DoorFactory implements DoorFactory {
  private static final int FIRST_PORT = 50_051;

  @Override
  public String name() {
    return "w3";
  }

  @Override
  public int firstPort() {
    return FIRST_PORT;
  }

  @Override
  public DoorSettings defaults() {
    return W3Settings.DEFAULT;
  }

  @Override
  public Door make(DoorSettings settings, DoorSite site) {
    return new W3Door((W3Settings) settings, site);
  }
}
