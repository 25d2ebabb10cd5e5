package dev.holdfast.server.door.w2;

import com.google.protobuf.ByteString;
import dev.holdfast.server.door.DoorClients;
import dev.holdfast.server.door.DoorLoop;
import dev.holdfast.server.door.plain.PlainLocks;
import dev.holdfast.server.door.tcp.Connection;
import dev.holdfast.server.door.tcp.Link;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.Supplier;

/** What the connections of this door share. */
final class W2Wire {
  private static final String NAME = "w2";

  /** The leader of that system was number 1. */
  private static final int FIRST_FOLLOWER = 2;

  final W2Settings settings;
  final DoorClients clients;
  final DoorLoop loop;
  final PlainLocks locks;
  final ClientNumbers numbers;
  private final Supplier<ByteString> randomBytes;
  private int nextFollower = FIRST_FOLLOWER;

  /**
   * A wire without connections.
   *
   * @param place of the node in the list of nodes, from 0 on
   * @param randomBytes makes 16 random bytes
   */
  W2Wire(
      W2Settings settings,
      int place,
      DoorClients clients,
      DoorLoop loop,
      Supplier<ByteString> randomBytes) {
    this.settings = settings;
    this.clients = clients;
    this.loop = loop;
    this.randomBytes = randomBytes;
    locks = new PlainLocks(clients, randomBytes, NAME);
    int first = settings.firstClientId();
    numbers = new ClientNumbers(first > 0 ? first : (place + 1) * ClientNumbers.COUNT);
  }

  Connection open(Link link) {
    return new W2Connection(this, link);
  }

  int nextFollower() {
    return nextFollower++;
  }

  UUID randomUuid() {
    ByteBuffer bytes = randomBytes.get().asReadOnlyByteBuffer();
    return new UUID(bytes.getLong(), bytes.getLong());
  }
}
