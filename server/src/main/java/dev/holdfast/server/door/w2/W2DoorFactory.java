package dev.holdfast.server.door.w2;

import dev.holdfast.server.door.ClientsOnLoop;
import dev.holdfast.server.door.Door;
import dev.holdfast.server.door.DoorFactory;
import dev.holdfast.server.door.DoorSettings;
import dev.holdfast.server.door.DoorSite;
import dev.holdfast.server.door.OperationIds;
import dev.holdfast.server.door.tcp.TcpDoor;

/** Makes this wire's door. */
public final class W2DoorFactory implements DoorFactory {
  private static final int FIRST_PORT = 9_000;

  @Override
  public String name() {
    return "w2";
  }

  @Override
  public int firstPort() {
    return FIRST_PORT;
  }

  @Override
  public DoorSettings defaults() {
    return W2Settings.DEFAULT;
  }

  @Override
  public Door make(DoorSettings settings, DoorSite site) {
    W2Settings own = (W2Settings) settings;
    return new TcpDoor(
        name(),
        site,
        own.connectionsMax(),
        loop -> {
          W2Wire wire =
              new W2Wire(
                  own,
                  site.place(),
                  new ClientsOnLoop(site.clients(), loop),
                  loop,
                  OperationIds.random());
          return wire::open;
        });
  }
}
