package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.log.v1.ClientOperation;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A client of a wire without sessions: asks any node, often several for the same thing, cancels now
 * and then, and gives back what it has got.
 */
final class SimulatedDoorClient {
  private static final long TTL_MILLIS = 60_000;

  private final Simulation simulation;
  private final int number;
  private final ClientOperation name;
  private final Map<ByteString, Answer> ends = new HashMap<>();
  private long operations;
  private @Nullable ByteString current;
  private @Nullable Request asked;
  private boolean stopped;
  private boolean known;
  int granted;
  int released;
  int cancelled;
  int queued;
  int renewed;
  int repeated;

  SimulatedDoorClient(Simulation simulation, int number) {
    this.simulation = simulation;
    this.number = number;
    this.name =
        ClientOperation.newBuilder()
            .setClient(sixteenBytes(number, 0))
            .setClientId(new UUID(7, number).toString())
            .setLabel("door client " + number)
            .setTtlMillis(TTL_MILLIS)
            .build();
    simulation.after(1 + number, this::begin);
    renewEverySecond();
  }

  private static ByteString sixteenBytes(long high, long low) {
    return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(high).putLong(low).flip());
  }

  ByteString name() {
    return name.getClient();
  }

  /** Begins nothing new. */
  void stop() {
    stopped = true;
  }

  boolean isIdle() {
    return current == null;
  }

  private void begin() {
    if (stopped) {
      return;
    }
    ask(
        Request.newBuilder()
            .setAcquire(
                Acquire.newBuilder()
                    .setOwner("door" + number)
                    .setWaitMillis(simulation.random.nextInt(4) == 0 ? 0 : -1)
                    .addDemands(
                        Demand.newBuilder()
                            .setLock("lock" + simulation.random.nextInt(6))
                            .setMode(LockMode.LOCK_MODE_X)))
            .build());
  }

  private void ask(Request request) {
    current = sixteenBytes(number, ++operations);
    asked = request;
    askSomewhere(current, request);
    if (simulation.random.nextInt(3) == 0) {
      askLater(current, request, 1 + simulation.random.nextInt(600));
    }
  }

  private void askLater(ByteString operation, Request request, int millis) {
    simulation.after(
        millis,
        () -> {
          repeated++;
          askSomewhere(operation, request);
        });
  }

  private SimulatedNode anyNode() {
    return simulation.nodes.get(simulation.random.nextInt(simulation.nodes.size()));
  }

  private void askSomewhere(ByteString operation, Request request) {
    SimulatedNode node = anyNode();
    boolean cancels = request.hasAcquire() && simulation.random.nextInt(4) == 0;
    int patience = simulation.random.nextInt(150);
    node.run(
        () -> {
          Runnable cancel =
              node.core.request(
                  name, operation, request, answer -> onAnswer(operation, request, answer));
          if (cancels) {
            simulation.after(patience, () -> node.run(cancel));
          }
        });
  }

  private void onAnswer(ByteString operation, Request request, Answer answer) {
    if (answer.hasQueued()) {
      queued++;
      return;
    }
    RefusalReason reason = answer.getRefused().getReason();
    if (reason == RefusalReason.NO_LEADER) {
      askLater(operation, request, 10);
      return;
    }
    Answer end = withoutReasonOfThisNode(answer);
    Answer before = ends.putIfAbsent(operation, end);
    if (before != null) {
      assertThat(end).as("the answer to one operation").isEqualTo(before);
      return;
    }
    known = true;
    assertThat(operation).isEqualTo(current);
    current = null;
    switch (answer.getResultCase()) {
      case GRANTED -> {
        granted++;
        long token = answer.getGranted().getToken();
        ask(Request.newBuilder().setRelease(Release.newBuilder().setToken(token)).build());
      }
      case RELEASED -> {
        released++;
        simulation.after(1 + simulation.random.nextInt(20), this::begin);
      }
      case REFUSED -> {
        assertThat(reason)
            .as("refusal of %s", asked)
            .isIn(
                RefusalReason.HELD_BY_ANOTHER,
                RefusalReason.WAITED_FOR_BY_ANOTHER,
                RefusalReason.CANCELLED,
                RefusalReason.OVERLOADED,
                RefusalReason.TOO_MANY_REQUESTS);
        cancelled += reason == RefusalReason.CANCELLED ? 1 : 0;
        simulation.after(1 + simulation.random.nextInt(20), this::begin);
      }
      case QUEUED, APPENDED, HANDED_OVER, DONE, RESULT_NOT_SET ->
          throw new AssertionError("" + answer);
    }
  }

  /** A node that has no room cancels, and tells so in its own words. */
  private static Answer withoutReasonOfThisNode(Answer answer) {
    RefusalReason reason = answer.getRefused().getReason();
    return reason == RefusalReason.OVERLOADED || reason == RefusalReason.TOO_MANY_REQUESTS
        ? answer.toBuilder()
            .setRefused(
                answer.getRefused().toBuilder().setReason(RefusalReason.CANCELLED).clearDetail())
            .build()
        : answer;
  }

  private void renewEverySecond() {
    simulation.after(
        1_000,
        () -> {
          if (known && !stopped) {
            SimulatedNode node = anyNode();
            node.run(
                () ->
                    node.core.renew(
                        name.getClient(),
                        alive -> {
                          assertThat(alive).as("the session of " + number).isTrue();
                          renewed++;
                        }));
          }
          renewEverySecond();
        });
  }
}
