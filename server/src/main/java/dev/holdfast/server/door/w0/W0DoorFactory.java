package dev.holdfast.server.door.w0;

import dev.holdfast.server.door.ClientsOnLoop;
import dev.holdfast.server.door.Door;
import dev.holdfast.server.door.DoorFactory;
import dev.holdfast.server.door.DoorSettings;
import dev.holdfast.server.door.DoorSite;
import dev.holdfast.server.door.OperationIds;
import dev.holdfast.server.door.tcp.TcpDoor;

/** Makes this wire's door. */
public final class W0DoorFactory implements DoorFactory {
  private static final int FIRST_PORT = 65_432;

  @Override
  public String name() {
    return "w0";
  }

  @Override
  public int firstPort() {
    return FIRST_PORT;
  }

  @Override
  public DoorSettings defaults() {
    return W0Settings.DEFAULT;
  }

  @Override
  public Door make(DoorSettings settings, DoorSite site) {
    W0Settings own = (W0Settings) settings;
    return new TcpDoor(
        name(),
        site,
        own.connectionsMax(),
        loop -> {
          W0Wire wire =
              new W0Wire(own, new ClientsOnLoop(site.clients(), loop), loop, OperationIds.random());
          return wire::open;
        });
  }
}
