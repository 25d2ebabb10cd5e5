package dev.holdfast.server.host;

import com.google.protobuf.ByteString;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.server.door.DoorClient;
import dev.holdfast.server.door.DoorClients;
import dev.holdfast.server.node.ReadPermit;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hands what doors ask for over to the node's thread, under the names that the log knows. */
final class NodeDoorClients implements DoorClients {
  private static final int NAME_BYTES = 16;

  private final NodeHost node;

  NodeDoorClients(NodeHost node) {
    this.node = node;
  }

  @Override
  public Runnable request(
      DoorClient client, ByteString operationId, Request request, Consumer<Answer> asker) {
    ClientOperation named = named(client);
    ByteString operation = operationOf(named.getClient(), operationId);
    Cancellation cancellation = new Cancellation();
    node.onLoop(core -> cancellation.action = core.request(named, operation, request, asker));
    return () -> node.onLoop(_ -> cancellation.action.run());
  }

  /** Made on the node's thread, and used there. */
  private static final class Cancellation {
    Runnable action = () -> {};
  }

  @Override
  public void renew(DoorClient client, Consumer<Boolean> asker) {
    ByteString name = nameOf(client);
    node.onLoop(core -> core.renew(name, asker));
  }

  @Override
  public void end(DoorClient client, Runnable done) {
    ByteString name = nameOf(client);
    node.onLoop(core -> core.end(name, done));
  }

  @Override
  public <T> void read(
      boolean linearizable,
      Function<LockStateMachine, T> query,
      BiConsumer<@Nullable T, @Nullable String> asker) {
    if (!linearizable) {
      node.onLoop(_ -> asker.accept(node.map().read(query), null));
      return;
    }
    node.read(
        0,
        permit -> {
          if (permit == ReadPermit.ALLOWED) {
            asker.accept(node.map().read(query), null);
          } else {
            asker.accept(null, permit.name());
          }
        });
  }

  private static ClientOperation named(DoorClient client) {
    return ClientOperation.newBuilder()
        .setClient(nameOf(client))
        .setClientId(client.clientId())
        .setLabel(client.label())
        .setTtlMillis(client.ttlMillis())
        .setLocksMax(client.locksMax())
        .build();
  }

  static ByteString nameOf(DoorClient client) {
    return digest(
        ByteString.copyFromUtf8("holdfast door client "), ByteString.copyFromUtf8(client.key()));
  }

  /** Two clients whose doors give them the same id have operations of their own all the same. */
  private static ByteString operationOf(ByteString client, ByteString operationId) {
    return digest(ByteString.copyFromUtf8("holdfast door operation "), client.concat(operationId));
  }

  private static ByteString digest(ByteString kind, ByteString name) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(kind.concat(name).toByteArray());
      return ByteString.copyFrom(digest, 0, NAME_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
