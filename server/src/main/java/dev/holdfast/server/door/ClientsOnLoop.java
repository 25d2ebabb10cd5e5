package dev.holdfast.server.door;

import com.google.protobuf.ByteString;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Request;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers of the node, told on a door's own thread; nothing is told once that has ended. */
public final class ClientsOnLoop implements DoorClients {
  private static final Logger LOGGER = LoggerFactory.getLogger(ClientsOnLoop.class);

  private final DoorClients clients;
  private final DoorLoop loop;

  public ClientsOnLoop(DoorClients clients, DoorLoop loop) {
    this.clients = clients;
    this.loop = loop;
  }

  @Override
  public Runnable request(
      DoorClient client, ByteString operationId, Request request, Consumer<Answer> asker) {
    return clients.request(
        client, operationId, request, answer -> handOver(() -> asker.accept(answer)));
  }

  @Override
  public void renew(DoorClient client, Consumer<Boolean> asker) {
    clients.renew(client, alive -> handOver(() -> asker.accept(alive)));
  }

  @Override
  public void end(DoorClient client, Runnable done) {
    clients.end(client, () -> handOver(done));
  }

  @Override
  public <T> void read(
      boolean linearizable,
      Function<LockStateMachine, T> query,
      BiConsumer<@Nullable T, @Nullable String> asker) {
    clients.read(
        linearizable, query, (found, reason) -> handOver(() -> asker.accept(found, reason)));
  }

  private void handOver(Runnable news) {
    try {
      loop.execute(news);
    } catch (RejectedExecutionException closed) {
      LOGGER.debug("answer_dropped: the door is closed", closed);
    }
  }
}
