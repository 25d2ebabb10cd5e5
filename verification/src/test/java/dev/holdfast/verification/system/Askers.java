package dev.holdfast.verification.system;

import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.Request;
import java.util.ArrayList;
import java.util.List;

/** Sessions that ask for whatever the protocol allows, and wait without limit for it. */
final class Askers implements AutoCloseable {
  private static final long TTL_MILLIS = 120_000;

  private final RealCluster cluster;
  private final List<RawSession> sessions = new ArrayList<>();

  Askers(RealCluster cluster) {
    this.cluster = cluster;
  }

  /** A session with one owner. For one thread. */
  static final class Asker {
    private final RawSession session;
    private long lastSequence;

    private Asker(RawSession session) {
      this.session = session;
    }

    long sessionId() {
      return session.sessionId();
    }

    /** Asks and does not wait for an answer. */
    long ask(Demand demand) {
      return ask(demand, -1);
    }

    long ask(Demand demand, long waitMillis) {
      long sequence = ++lastSequence;
      session.send(
          ClientFrame.newBuilder()
              .addRequests(
                  Request.newBuilder()
                      .setSequence(sequence)
                      .setAcquire(
                          Acquire.newBuilder()
                              .setOwner("owner")
                              .addDemands(demand)
                              .setWaitMillis(waitMillis)))
              .build());
      return sequence;
    }

    /** Asks for what is free; the token. */
    long take(Demand demand) {
      return session.answers(ask(demand), 1).get(0).getGranted().getToken();
    }

    /** Asks for what is not free, and returns when it waits; the number of the request. */
    long queue(Demand demand) {
      long sequence = ask(demand);
      Answer answer = session.answers(sequence, 1).get(0);
      if (!answer.hasQueued()) {
        throw new AssertionError("it does not wait: " + answer);
      }
      return sequence;
    }

    /** The next answer to a number. */
    Answer answer(long sequence) {
      return session.answers(sequence, 1).get(0);
    }

    /** Asks for what will be refused in the end; that it waits may be said before. */
    Answer refused(Demand demand) {
      long sequence = ask(demand);
      List<Answer> answers = session.answers(sequence, 1);
      while (!answers.get(answers.size() - 1).hasRefused()) {
        answers = session.answers(sequence, 1);
      }
      return answers.get(answers.size() - 1);
    }

    void release(long token) {
      long sequence = ++lastSequence;
      session.send(RawSession.release(sequence, token));
      session.answers(sequence, 1);
    }
  }

  /** A session at one node after the other. */
  Asker open(String label) {
    String node = cluster.nodes().get(sessions.size() % cluster.nodes().size());
    RawSession session = RawSession.open(cluster.clientPort(node), TTL_MILLIS, label);
    sessions.add(session);
    return new Asker(session);
  }

  static Demand mode(String lock, LockMode mode) {
    return Demand.newBuilder().setLock(lock).setMode(mode).build();
  }

  static Demand x(String lock) {
    return mode(lock, LockMode.LOCK_MODE_X);
  }

  static Demand s(String lock) {
    return mode(lock, LockMode.LOCK_MODE_S);
  }

  static Demand permits(String lock, int permits, int limit) {
    return Demand.newBuilder().setLock(lock).setPermits(permits).setLimit(limit).build();
  }

  /** Closes them all, so that nothing is held for the next test. */
  @Override
  public void close() {
    for (RawSession session : sessions) {
      session.send(ClientFrame.newBuilder().setClose(true).build());
    }
    sessions.forEach(RawSession::close);
  }
}
