package dev.holdfast.verification.simulation;

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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody at a wire without sessions, who asks one node or several for the same thing, and again
 * when no answer comes: locks, waits, leaves the queue now and then, and gives back.
 */
final class DoorPerson {
  private static final long ASK_AGAIN_NANOS = 2 * Scheduler.SECOND;
  private static final long RENEW_NANOS = 500 * Scheduler.MILLI;

  private final Universe universe;
  private final Dice dice;
  private final String name;
  private final int number;
  private final ClientOperation client;
  private long operations;
  private @Nullable ByteString current;
  private @Nullable Request wanted;
  private boolean leaves;
  private long held;

  DoorPerson(Universe universe, Dice dice, int number) {
    this.universe = universe;
    this.dice = dice;
    this.number = number;
    this.name = "d" + number;
    this.client =
        ClientOperation.newBuilder()
            .setClient(sixteenBytes(0))
            .setClientId(new UUID(7, number).toString())
            .setLabel(name)
            .setTtlMillis(dice.between(1_000, 4_000))
            .build();
  }

  private ByteString sixteenBytes(long low) {
    return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(-number).putLong(low).flip());
  }

  void begin() {
    wantLater();
    askAgainLater();
    renewLater();
  }

  private void wantLater() {
    universe.scheduler.after(dice.around(200 * Scheduler.MILLI), this::wantNext);
  }

  private void wantNext() {
    if (held != 0) {
      long token = held;
      held = 0;
      want(Request.newBuilder().setRelease(Release.newBuilder().setToken(token)).build());
    } else if (universe.isBusy()) {
      want(
          Request.newBuilder()
              .setAcquire(
                  Acquire.newBuilder()
                      .setOwner(name)
                      .setWaitMillis(dice.chance(0.3) ? 0 : -1)
                      .addDemands(
                          Demand.newBuilder()
                              .setLock(universe.anyName(dice))
                              .setMode(LockMode.LOCK_MODE_X)))
              .build());
    }
  }

  private void want(Request request) {
    current = sixteenBytes(++operations);
    wanted = request;
    leaves = request.hasAcquire() && dice.chance(0.2);
    askAnyNode();
    if (dice.chance(0.4)) {
      universe.scheduler.after(dice.around(300 * Scheduler.MILLI), this::askAnyNode);
    }
  }

  /** Nodes die, freeze and forget, so nobody relies on one. */
  private void askAgainLater() {
    universe.scheduler.after(
        ASK_AGAIN_NANOS,
        () -> {
          askAnyNode();
          askAgainLater();
        });
  }

  private void askAnyNode() {
    ByteString operation = current;
    Request request = wanted;
    if (operation == null || request == null) {
      return;
    }
    SimulatedNode node = dice.pick(universe.nodes);
    boolean leavesNow =
        (leaves && dice.chance(0.5)) || (request.hasAcquire() && !universe.isBusy());
    long patience = dice.around(300 * Scheduler.MILLI);
    universe.trace.tell(name, "asks " + node.name, operations, () -> wordsFor(request));
    send(
        node,
        () ->
            node.onCore(
                core -> {
                  Runnable cancel =
                      core.request(client, operation, request, answer -> tell(operation, answer));
                  if (leavesNow) {
                    int life = node.life();
                    universe.scheduler.after(
                        patience,
                        () ->
                            node.onOtherThread(
                                () ->
                                    node.onCore(
                                        _ -> {
                                          if (life == node.life()) {
                                            cancel.run();
                                          }
                                        })));
                  }
                }));
  }

  private static String wordsFor(Request request) {
    return request.toString().replaceAll("\\s+", " ");
  }

  private void send(SimulatedNode node, Runnable arrival) {
    int life = node.life();
    universe.scheduler.after(
        universe.faults.messageDelay(dice),
        () -> {
          if (life == node.life()) {
            node.onOtherThread(arrival);
          }
        });
  }

  private void tell(ByteString operation, Answer answer) {
    universe.scheduler.after(universe.faults.messageDelay(dice), () -> onAnswer(operation, answer));
  }

  private void onAnswer(ByteString operation, Answer answer) {
    if (answer.hasQueued() || answer.getRefused().getReason() == RefusalReason.NO_LEADER) {
      return;
    }
    universe.truth.onOperationAnswered(client.getClient(), operation, answer);
    if (!operation.equals(current)) {
      return;
    }
    universe.trace.tell(name, "hears of", operations, () -> answer.toString());
    current = null;
    held = answer.getGranted().getToken();
    wantLater();
  }

  private void renewLater() {
    universe.scheduler.after(
        RENEW_NANOS,
        () -> {
          if (universe.isBusy() || current != null || held != 0) {
            SimulatedNode node = dice.pick(universe.nodes);
            send(node, () -> node.onCore(core -> core.renew(client.getClient(), this::onRenewed)));
          }
          renewLater();
        });
  }

  private void onRenewed(boolean alive) {
    universe.trace.tell(name, alive ? "is alive" : "may be gone", 0);
  }

  boolean isIdle() {
    return current == null && held == 0;
  }

  void requireIdle() {
    if (!isIdle()) {
      throw new RuleBroken(Rule.SERVED, name + " still waits for " + wanted);
    }
  }
}
