package dev.holdfast.server.door.w0;

import com.google.protobuf.ByteString;
import dev.holdfast.server.door.DoorClients;
import dev.holdfast.server.door.DoorLoop;
import dev.holdfast.server.door.plain.PlainLocks;
import dev.holdfast.server.door.plain.SessionKeeper;
import dev.holdfast.server.door.tcp.Connection;
import dev.holdfast.server.door.tcp.Link;
import java.util.function.Supplier;

/** What the connections of this door share. */
final class W0Wire {
  private static final String NAME = "w0";

  final W0Settings settings;
  final DoorClients clients;
  final DoorLoop loop;
  final PlainLocks locks;
  final SessionKeeper sessions;

  W0Wire(
      W0Settings settings, DoorClients clients, DoorLoop loop, Supplier<ByteString> operationIds) {
    this.settings = settings;
    this.clients = clients;
    this.loop = loop;
    locks = new PlainLocks(clients, operationIds, NAME);
    sessions = new SessionKeeper(clients, loop, locks);
  }

  Connection open(Link link) {
    return new W0Connection(this, link);
  }
}
