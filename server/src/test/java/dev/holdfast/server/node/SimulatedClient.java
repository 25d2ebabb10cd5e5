package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Answered;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.RenewFrame;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.ResumeSessionFrame;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A client that acquires and releases locks, loses its connection now and then, goes on at another
 * node, and asks again for everything that it has no final answer to.
 */
final class SimulatedClient {
  private static final long TTL_MILLIS = 60_000;

  private final Simulation simulation;
  private final ByteString nonce;
  private final ByteString secret;
  private final int number;
  private final int locks;
  private final Map<Long, Request> unanswered = new TreeMap<>();
  private long sessionId;
  private long nextSequence = 1;
  private long nextNonce = 1;
  private @Nullable Connection current;
  private boolean stopped;
  int granted;
  int released;
  int refused;
  int renewed;
  int moves;

  SimulatedClient(Simulation simulation, int number, int locks) {
    this.simulation = simulation;
    this.number = number;
    this.locks = locks;
    this.nonce = sixteenBytes(number);
    this.secret = sixteenBytes(number + 1_000_000L);
    reconnect();
    renewEverySecond();
  }

  private static ByteString sixteenBytes(long number) {
    return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(number).putLong(7 * number).flip());
  }

  long sessionId() {
    return sessionId;
  }

  int unansweredCount() {
    return unanswered.size();
  }

  /** Begins no new round. */
  void stop() {
    stopped = true;
  }

  /** The connection breaks, and the client goes on somewhere. */
  void reconnect() {
    if (current != null) {
      current.breakOff();
    }
    SimulatedNode node = simulation.nodes.get(simulation.random.nextInt(simulation.nodes.size()));
    Connection connection = new Connection(node);
    current = connection;
    ClientFrame.Builder first = ClientFrame.newBuilder();
    if (sessionId == 0) {
      first.setOpen(
          OpenSessionFrame.newBuilder()
              .setNonce(nonce)
              .setSecret(secret)
              .setClientId(new java.util.UUID(0, number).toString())
              .setTtlMillis(TTL_MILLIS));
    } else {
      first.setResume(ResumeSessionFrame.newBuilder().setSessionId(sessionId).setSecret(secret));
      if (simulation.random.nextBoolean()) {
        first.addAllRequests(unanswered.values());
        connection.asked.addAll(unanswered.keySet());
      }
    }
    connection.send(first.build());
  }

  private void renewEverySecond() {
    simulation.after(
        1_000,
        () -> {
          if (current != null && sessionId != 0) {
            current.send(
                ClientFrame.newBuilder()
                    .addRenewals(RenewFrame.newBuilder().setNonce(nextNonce++))
                    .build());
          }
          renewEverySecond();
        });
  }

  private void acquireNext(ClientFrame.Builder frame) {
    for (int i = 0; !stopped && i < locks; i++) {
      add(
          frame,
          Request.newBuilder()
              .setAcquire(
                  Acquire.newBuilder()
                      .setOwner("owner" + nextSequence)
                      .setWaitMillis(simulation.random.nextInt(4) == 0 ? 0 : -1)
                      .addDemands(
                          Demand.newBuilder()
                              .setLock("lock" + simulation.random.nextInt(12))
                              .setMode(LockMode.LOCK_MODE_X))));
    }
  }

  private void add(ClientFrame.Builder frame, Request.Builder request) {
    Request numbered = request.setSequence(nextSequence++).build();
    unanswered.put(numbered.getSequence(), numbered);
    frame.addRequests(numbered);
  }

  private void onFrame(Connection connection, NodeFrame frame) {
    if (frame.hasRefused()) {
      if (connection == current) {
        current = null;
        simulation.after(30, this::reconnectIfGone);
      }
      return;
    }
    ClientFrame.Builder next = ClientFrame.newBuilder();
    if (frame.hasAttached() && connection == current) {
      boolean isNew = sessionId == 0;
      sessionId = frame.getAttached().getSessionId();
      if (isNew) {
        acquireNext(next);
      } else {
        unanswered.values().stream()
            .filter(request -> !connection.asked.contains(request.getSequence()))
            .forEach(next::addRequests);
        if (unanswered.isEmpty()) {
          acquireNext(next);
        }
      }
    }
    renewed += frame.getRenewalsCount();
    moves += frame.hasMove() ? 1 : 0;
    for (Answered answered : frame.getAnswersList()) {
      onAnswer(connection, next, answered.getSequence(), answered.getAnswer());
    }
    if (connection == current && next.getRequestsCount() > 0) {
      connection.send(next.setAcknowledged(acknowledged()).build());
    }
  }

  /** Everything below the first number without an answer, and what is apart above it. */
  private Acknowledged acknowledged() {
    Acknowledged.Builder acknowledged = Acknowledged.newBuilder();
    long next = 1;
    for (long open : unanswered.keySet()) {
      if (acknowledged.getBelow() == 0) {
        acknowledged.setBelow(open);
      } else if (open > next) {
        acknowledged.addRanges(next).addRanges(open - 1);
      }
      next = open + 1;
    }
    return acknowledged.getBelow() == 0
        ? acknowledged.setBelow(nextSequence).build()
        : acknowledged.build();
  }

  private void onAnswer(
      Connection connection, ClientFrame.Builder next, long sequence, Answer answer) {
    if (answer.hasQueued()) {
      return;
    }
    assertThat(connection.answered.add(sequence))
        .as("session %d is answered once to %d on a stream", sessionId, sequence)
        .isTrue();
    if (unanswered.remove(sequence) == null) {
      return;
    }
    switch (answer.getResultCase()) {
      case GRANTED -> {
        granted++;
        add(
            next,
            Request.newBuilder()
                .setRelease(Release.newBuilder().setToken(answer.getGranted().getToken())));
      }
      case RELEASED -> released++;
      case REFUSED -> {
        refused++;
        assertThat(answer.getRefused().getReason())
            .isIn(
                dev.holdfast.protocol.v1.RefusalReason.HELD_BY_ANOTHER,
                dev.holdfast.protocol.v1.RefusalReason.WAITED_FOR_BY_ANOTHER,
                dev.holdfast.protocol.v1.RefusalReason.OVERLOADED,
                dev.holdfast.protocol.v1.RefusalReason.TOO_MANY_REQUESTS);
      }
      case QUEUED, APPENDED, HANDED_OVER, DONE, RESULT_NOT_SET ->
          throw new AssertionError("" + answer);
    }
    if (unanswered.isEmpty()) {
      acquireNext(next);
    }
  }

  private void reconnectIfGone() {
    if (current == null) {
      reconnect();
    }
  }

  private final class Connection implements ClientConnection {
    private final SimulatedNode node;
    private final SessionStream stream = new SessionStream(this);
    private final Set<Long> answered = new HashSet<>();
    private final Set<Long> asked = new HashSet<>();
    private boolean broken;

    Connection(SimulatedNode node) {
      this.node = node;
    }

    void send(ClientFrame frame) {
      simulation.after(1, () -> node.run(() -> node.core.onFrame(stream, frame)));
    }

    /** The node notices a while later, or at once. */
    void breakOff() {
      broken = true;
      simulation.after(
          simulation.random.nextInt(40), () -> node.run(() -> node.core.onDisconnected(stream)));
    }

    @Override
    public void send(NodeFrame frame) {
      simulation.after(
          1,
          () -> {
            if (!broken) {
              onFrame(this, frame);
            }
          });
    }

    @Override
    public void readOneMore() {
      // This client sends little at a time.
    }

    @Override
    public void end() {
      simulation.after(5, this::ended);
    }

    @Override
    public void endSuperseded(String detail) {
      simulation.after(5, this::ended);
    }

    private void ended() {
      broken = true;
      if (current == this) {
        current = null;
        reconnect();
      }
    }
  }
}
