package dev.holdfast.server;

import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Answered;
import dev.holdfast.protocol.v1.Cancel;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.Release;
import dev.holdfast.protocol.v1.RenewFrame;
import dev.holdfast.protocol.v1.Request;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One stream of a session, as its client sees it. For one test thread. */
final class RawStream implements StreamObserver<NodeFrame> {
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<NodeFrame> frames = new LinkedBlockingQueue<>();
  private final Deque<Answered> answers = new ArrayDeque<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private @Nullable StreamObserver<ClientFrame> requests;
  private long sessionId;
  private long lastSequence;

  void begin(StreamObserver<ClientFrame> to) {
    requests = to;
  }

  void attached(long session) {
    sessionId = session;
  }

  long sessionId() {
    return sessionId;
  }

  void send(ClientFrame frame) {
    if (requests == null) {
      throw new IllegalStateException("not begun");
    }
    requests.onNext(frame);
  }

  void completeSending() {
    if (requests != null) {
      requests.onCompleted();
    }
  }

  void cutOff() {
    if (requests != null) {
      requests.onError(Status.CANCELLED.withDescription("cut off by the test").asException());
    }
  }

  long request(Request.Builder request) {
    long sequence = ++lastSequence;
    send(ClientFrame.newBuilder().addRequests(request.setSequence(sequence)).build());
    return sequence;
  }

  /** Asks for one lock in mode X, without a lease. */
  long acquire(String lock, long waitMillis) {
    return request(Request.newBuilder().setAcquire(acquireX(lock, waitMillis)));
  }

  static Acquire.Builder acquireX(String lock, long waitMillis) {
    return Acquire.newBuilder()
        .setOwner("owner-" + lock)
        .addDemands(Demand.newBuilder().setLock(lock).setMode(LockMode.LOCK_MODE_X))
        .setWaitMillis(waitMillis);
  }

  long release(long token) {
    return request(Request.newBuilder().setRelease(Release.newBuilder().setToken(token)));
  }

  void cancel(long sequence) {
    send(
        ClientFrame.newBuilder()
            .addRequests(
                Request.newBuilder().setSequence(sequence).setCancel(Cancel.getDefaultInstance()))
            .build());
  }

  void renew(long nonce) {
    send(ClientFrame.newBuilder().addRenewals(RenewFrame.newBuilder().setNonce(nonce)).build());
  }

  /** Acquires a free lock and returns its token. */
  long acquired(String lock) {
    return finalAnswer(acquire(lock, -1)).getGranted().getToken();
  }

  /** The next answer to a number that is an end. */
  Answer finalAnswer(long sequence) {
    return answer(sequence, answer -> !answer.hasQueued());
  }

  /** The next answer to a number. */
  Answer answer(long sequence) {
    return answer(sequence, _ -> true);
  }

  private Answer answer(long sequence, Predicate<Answer> wanted) {
    while (true) {
      while (!answers.isEmpty()) {
        Answered next = answers.remove();
        if (next.getSequence() == sequence && wanted.test(next.getAnswer())) {
          return next.getAnswer();
        }
      }
      answers.addAll(next(frame -> frame.getAnswersCount() > 0).getAnswersList());
    }
  }

  /** The next frame of some kind; others before it are dropped. */
  NodeFrame next(Predicate<NodeFrame> wanted) {
    try {
      while (true) {
        NodeFrame frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (frame == null) {
          throw new AssertionError("no such frame arrived; the stream's end: " + end);
        }
        if (wanted.test(frame)) {
          return frame;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Frames that have arrived and were not looked at. */
  int unread() {
    return frames.size();
  }

  /** How the stream ended. */
  Status awaitEnd() {
    return end.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  boolean isOpen() {
    return !end.isDone();
  }

  @Override
  public void onNext(NodeFrame frame) {
    frames.add(frame);
  }

  @Override
  public void onError(Throwable problem) {
    end.complete(Status.fromThrowable(problem));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }
}
