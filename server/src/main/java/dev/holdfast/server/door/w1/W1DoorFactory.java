package dev.holdfast.server.door.w1;

import dev.holdfast.server.door.ClientsOnLoop;
import dev.holdfast.server.door.Door;
import dev.holdfast.server.door.DoorFactory;
import dev.holdfast.server.door.DoorLoop;
import dev.holdfast.server.door.DoorSettings;
import dev.holdfast.server.door.DoorSite;
import dev.holdfast.server.door.OperationIds;
import dev.holdfast.server.door.plain.PlainLocks;
import dev.holdfast.server.door.tcp.Link;
import dev.holdfast.server.door.tcp.TcpDoor;

/** Makes this wire's door. */
public final class W1DoorFactory implements DoorFactory {
  private static final int FIRST_PORT = 65_442;

  @Override
  public String name() {
    return "w1";
  }

  /** That system had no port of its own: the one is as good as the other. */
  @Override
  public int firstPort() {
    return FIRST_PORT;
  }

  @Override
  public DoorSettings defaults() {
    return W1Settings.DEFAULT;
  }

  @Override
  public Door make(DoorSettings settings, DoorSite site) {
    W1Settings own = (W1Settings) settings;
    return new TcpDoor(
        name(), site, own.connectionsMax(), loop -> link -> open(own, site, loop, link));
  }

  private W1Connection open(W1Settings settings, DoorSite site, DoorLoop loop, Link link) {
    PlainLocks locks =
        new PlainLocks(new ClientsOnLoop(site.clients(), loop), OperationIds.random(), name());
    return new W1Connection(settings, locks, loop, site.stopNode(), link);
  }
}
