package dev.holdfast.verification.system;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Answered;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.Request;
import dev.holdfast.protocol.v1.ResumeSessionFrame;
import dev.holdfast.protocol.v1.SessionsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A session at one node, spoken frame by frame without the client library. For one thread. */
final class RawSession implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;
  private static final int ATTEMPTS_MAX = 20;

  private final ManagedChannel channel;
  private final UUID secret;
  private final BlockingQueue<NodeFrame> frames = new LinkedBlockingQueue<>();
  private final StreamObserver<ClientFrame> toNode;
  private final long sessionId;
  private final Refused refused;
  private volatile Status end = Status.OK;

  private RawSession(int port, UUID secret, ClientFrame first) {
    this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    this.secret = secret;
    this.toNode = SessionsGrpc.newStub(channel).attach(new FromNode());
    send(first);
    NodeFrame attached = next();
    this.refused = attached.getRefused();
    this.sessionId = attached.getAttached().getSessionId();
  }

  /** A session that is attached; asked for again as long as the cluster looks for a leader. */
  private static RawSession attached(int port, UUID secret, ClientFrame first) {
    for (int i = 0; i < ATTEMPTS_MAX; i++) {
      RawSession session = new RawSession(port, secret, first);
      if (session.sessionId != 0) {
        return session;
      }
      session.close();
      if (session.refused.getReason() != RefusalReason.NO_LEADER) {
        throw new AssertionError("the node refuses the session: " + session.refused);
      }
    }
    throw new AssertionError("there is no leader for " + ATTEMPTS_MAX + " attempts");
  }

  /** Opens a session at the node with this port. */
  static RawSession open(int port, long ttlMillis) {
    return open(port, ttlMillis, "raw session");
  }

  /** The same, with something to say about itself. */
  static RawSession open(int port, long ttlMillis, String label) {
    UUID secret = UUID.randomUUID();
    ClientFrame first =
        ClientFrame.newBuilder()
            .setOpen(
                OpenSessionFrame.newBuilder()
                    .setNonce(bytes(UUID.randomUUID()))
                    .setSecret(bytes(secret))
                    .setClientId(UUID.randomUUID().toString())
                    .setLabel(label)
                    .setTtlMillis(ttlMillis))
            .build();
    return attached(port, secret, first);
  }

  /** The same session at the node with this port. */
  RawSession resumeAt(int port) {
    ClientFrame first =
        ClientFrame.newBuilder()
            .setResume(
                ResumeSessionFrame.newBuilder().setSessionId(sessionId).setSecret(bytes(secret)))
            .build();
    return attached(port, secret, first);
  }

  long sessionId() {
    return sessionId;
  }

  void send(ClientFrame frame) {
    toNode.onNext(frame);
  }

  static ClientFrame acquire(long sequence, String lock) {
    return frame(
        Request.newBuilder()
            .setSequence(sequence)
            .setAcquire(
                Acquire.newBuilder()
                    .setOwner("owner-" + sequence)
                    .addDemands(Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X))));
  }

  /** One request for many locks at once. */
  static ClientFrame acquireAll(long sequence, List<String> locks) {
    Acquire.Builder acquire = Acquire.newBuilder().setOwner("owner-" + sequence);
    for (String lock : locks) {
      acquire.addDemands(Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X));
    }
    return frame(Request.newBuilder().setSequence(sequence).setAcquire(acquire));
  }

  static ClientFrame release(long sequence, long token) {
    return frame(
        Request.newBuilder()
            .setSequence(sequence)
            .setRelease(Release.newBuilder().setToken(token)));
  }

  private static ClientFrame frame(Request.Builder request) {
    return ClientFrame.newBuilder().addRequests(request).build();
  }

  /**
   * The next answers to a number, as many as wanted; answers to others between them are dropped.
   */
  List<Answer> answers(long sequence, int wanted) {
    List<Answer> answers = new ArrayList<>();
    while (answers.size() < wanted) {
      for (Answered answered : next().getAnswersList()) {
        if (answered.getSequence() == sequence) {
          answers.add(answered.getAnswer());
        }
      }
    }
    return answers;
  }

  /** The answers that have come by now to any number; they are not told again. Does not wait. */
  List<Answered> received() {
    List<NodeFrame> come = new ArrayList<>();
    frames.drainTo(come);
    return come.stream().flatMap(frame -> frame.getAnswersList().stream()).toList();
  }

  private NodeFrame next() {
    try {
      NodeFrame frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("the node says nothing; its stream: " + end);
      }
      return frame;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Cuts the connection without a word. */
  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static ByteString bytes(UUID uuid) {
    return ByteString.copyFrom(
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .flip());
  }

  private final class FromNode implements StreamObserver<NodeFrame> {
    @Override
    public void onNext(NodeFrame frame) {
      frames.add(frame);
    }

    @Override
    public void onError(Throwable problem) {
      end = Status.fromThrowable(problem);
    }

    @Override
    public void onCompleted() {
      end = Status.OK.withDescription("ended by the node");
    }
  }
}
