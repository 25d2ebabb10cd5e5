package dev.holdfast.server.door;

import com.google.protobuf.ByteString;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Request;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a door of a wire without sessions needs of the node. All of it may be called on any thread
 * and none of it waits; who asked is told on the node's thread and must be quick.
 */
public interface DoorClients {
  /**
   * Does something for a client, once, however often and at whichever node it is asked for under
   * the same operation id; the answer is the same each time, as long as it is among the client's
   * last 1,024. Heard of, the client's session lasts for its TTL from now on. Told when this node's
   * own map shows it.
   *
   * @param operationId 16 bytes; random, or made from what the wire names its requests by
   * @param request its number is not looked at: the cluster numbers it
   * @param asker hears {@code Queued} first if the request has to wait, and then, or at once, the
   *     end; {@code NO_LEADER} if nothing is known for 10 s, which leaves open whether it is done
   * @return leaves the queue when it is run, if it still waits; does nothing afterwards
   */
  Runnable request(
      DoorClient client, ByteString operationId, Request request, Consumer<Answer> asker);

  /**
   * Lets the client's session last for its TTL from now on.
   *
   * @param asker hears false if there is none any more (then nothing that it held is held), or if
   *     nothing is known for 10 s
   */
  void renew(DoorClient client, Consumer<Boolean> asker);

  /** Ends the client's session and with it all that it holds and waits for. */
  void end(DoorClient client, Runnable done);

  /**
   * Reads this node's own map: at once, or as soon as it shows all that was committed when it was
   * asked for.
   *
   * @param query looks at the map while nothing is applied
   * @param asker hears what it found; or null and the reason, if the node cannot tell now
   */
  <T> void read(
      boolean linearizable,
      Function<LockStateMachine, T> query,
      BiConsumer<@Nullable T, @Nullable String> asker);
}
