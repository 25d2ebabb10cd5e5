package dev.holdfast.client;

import dev.holdfast.client.grpc.GrpcNetwork;
import dev.holdfast.client.grpc.GrpcProblem;
import dev.holdfast.client.session.NanoClock;
import dev.holdfast.client.session.RetryPolicy;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Single calls: to whichever node answers, or to the leader. Tried again within the time-out as
 * long as that is harmless: questions always, commands if they have an id or were certainly not
 * received.
 */
final class UnaryCalls {
  private static final Metadata.Key<String> LEADER =
      Metadata.Key.of("holdfast-leader", Metadata.ASCII_STRING_MARSHALLER);
  private static final int REDIRECTS_MAX = 8;
  private static final long ATTEMPT_MIN_MILLIS = 200;

  /** With less than this an attempt only hides why the one before it has failed. */
  private static final long ATTEMPT_WORTH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** What a call is, as far as trying again goes. */
  enum Kind {
    /** Changes nothing. */
    QUESTION,
    /** Done once, however often it arrives. */
    IDEMPOTENT,
    /** Not to arrive twice. */
    COMMAND
  }

  private final GrpcNetwork network;
  private final List<String> endpoints;
  private final Duration limit;
  private final NanoClock clock = NanoClock.system();
  private final RandomGenerator random = RandomGenerator.getDefault();
  private volatile int preferred;

  UnaryCalls(GrpcNetwork network, List<String> endpoints, Duration limit) {
    this.network = network;
    this.endpoints = endpoints;
    this.limit = limit;
  }

  Duration limit() {
    return limit;
  }

  List<String> endpoints() {
    return endpoints;
  }

  /** The way to a node, for a thread that may wait for its answer. */
  Channel channel(String endpoint) {
    network.requireOtherThread();
    return network.channel(endpoint);
  }

  /** Asks one node, once. */
  <Q, R> R at(String endpoint, Kind kind, MethodDescriptor<Q, R> method, Q question) {
    try {
      return attempt(endpoint, method, question, limit.toNanos());
    } catch (StatusRuntimeException failure) {
      throw failed(endpoint, failure, kind != Kind.QUESTION && mayHaveBeenDone(failure));
    }
  }

  /** Asks any node; goes on to the leader if the node says so. */
  <Q, R> R anywhere(Kind kind, MethodDescriptor<Q, R> method, Q question) {
    long endNanos = clock.nanoTime() + limit.toNanos();
    int index = preferred;
    String endpoint = endpoints.get(index);
    boolean uncertain = false;
    int redirects = 0;
    for (int failures = 1; ; failures++) {
      try {
        R answer = attempt(endpoint, method, question, share(endNanos));
        preferred = index;
        return answer;
      } catch (StatusRuntimeException failure) {
        String leader = leaderToldBy(failure);
        if (leader != null && redirects++ < REDIRECTS_MAX) {
          endpoint = leader;
          failures--;
          continue;
        }
        uncertain |= kind != Kind.QUESTION && mayHaveBeenDone(failure);
        boolean again = kind != Kind.COMMAND || certainlyNotReceived(failure);
        if (!again || !isPassing(kind, failure) || !pause(failures, endNanos)) {
          throw failed(endpoint, failure, uncertain);
        }
        index = (index + 1) % endpoints.size();
        endpoint = endpoints.get(index);
      }
    }
  }

  /**
   * Asks one node for an answer in parts, as long as it goes on sending. If the reader throws, the
   * node is told that nobody reads any more.
   */
  <Q, R> void parts(
      String endpoint, MethodDescriptor<Q, R> method, Q question, Consumer<R> reader) {
    Context.CancellableContext reading = Context.current().withCancellation();
    Context before = reading.attach();
    try {
      Iterator<R> parts =
          ClientCalls.blockingServerStreamingCall(
              channel(endpoint), method, CallOptions.DEFAULT, question);
      while (parts.hasNext()) {
        reader.accept(parts.next());
      }
    } catch (StatusRuntimeException failure) {
      throw failed(endpoint, failure, false);
    } finally {
      reading.detach(before);
      reading.cancel(null);
    }
  }

  private <Q, R> R attempt(
      String endpoint, MethodDescriptor<Q, R> method, Q question, long limitNanos) {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(Math.max(1, limitNanos), TimeUnit.NANOSECONDS);
    return ClientCalls.blockingUnaryCall(channel(endpoint), method, options, question);
  }

  /** One endpoint must not use up the time of the others. */
  private long share(long endNanos) {
    long leftNanos = endNanos - clock.nanoTime();
    long fairNanos = leftNanos / Math.min(2, endpoints.size());
    return Math.min(
        leftNanos, Math.max(fairNanos, TimeUnit.MILLISECONDS.toNanos(ATTEMPT_MIN_MILLIS)));
  }

  /** Waits before the next attempt; false if there is no time for one. */
  private boolean pause(int failures, long endNanos) {
    int rounds = failures - endpoints.size() + 1;
    long delayNanos = rounds <= 0 ? 0 : RetryPolicy.DEFAULT.delayNanos(rounds, random);
    long untilNanos = clock.nanoTime() + delayNanos;
    if (untilNanos > endNanos - ATTEMPT_WORTH_NANOS || Thread.currentThread().isInterrupted()) {
      return false;
    }
    while (clock.nanoTime() < untilNanos) {
      LockSupport.parkNanos(this, untilNanos - clock.nanoTime());
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String leaderToldBy(StatusRuntimeException failure) {
    Metadata trailers = failure.getTrailers();
    return trailers == null ? null : trailers.get(LEADER);
  }

  /** Whether another node, or another moment, may do better. */
  private static boolean isPassing(Kind kind, StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED -> true;
      case DEADLINE_EXCEEDED -> kind != Kind.COMMAND;
      // A question: this node is behind what the client has seen.
      case FAILED_PRECONDITION -> kind == Kind.QUESTION;
      case OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS -> false;
      case PERMISSION_DENIED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, DATA_LOSS, UNAUTHENTICATED ->
          false;
    };
  }

  private static boolean mayHaveBeenDone(StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case UNAVAILABLE, ABORTED -> !certainlyNotReceived(failure);
      case DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL -> true;
      case OK,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          RESOURCE_EXHAUSTED ->
          false;
      case PERMISSION_DENIED, OUT_OF_RANGE, UNIMPLEMENTED, DATA_LOSS, UNAUTHENTICATED -> false;
    };
  }

  /** There was no connection, or the node itself says that it found no leader to hand it to. */
  private static boolean certainlyNotReceived(StatusRuntimeException failure) {
    if (failure.getStatus().getCode() != Status.Code.UNAVAILABLE) {
      return false;
    }
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return true;
      }
    }
    String description = failure.getStatus().getDescription();
    return description != null && description.startsWith("NO_LEADER");
  }

  /**
   * The exception for the last attempt.
   *
   * @param uncertain whether this attempt, or one before it, may have been carried out
   */
  private static HoldfastException failed(
      String endpoint, StatusRuntimeException failure, boolean uncertain) {
    Status status = failure.getStatus();
    String text = endpoint + ": " + GrpcProblem.sentence(status);
    if (uncertain) {
      return new OutcomeUnknownException(
          null,
          "the command may or may not have been carried out; look before you repeat it; " + text,
          failure);
    }
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, ABORTED, UNKNOWN ->
          new UnavailableException(text, failure);
      case RESOURCE_EXHAUSTED -> new OverloadedException(RefusalReason.OVERLOADED, text);
      case INVALID_ARGUMENT -> refused(RefusalReason.INVALID_REQUEST, text);
      case FAILED_PRECONDITION -> refused(reasonIn(status), text);
      case OK, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, OUT_OF_RANGE ->
          refused(RefusalReason.OTHER, text);
      case UNIMPLEMENTED, INTERNAL, DATA_LOSS, UNAUTHENTICATED ->
          refused(RefusalReason.OTHER, text);
    };
  }

  private static RefusalReason reasonIn(Status status) {
    String description = status.getDescription();
    return description != null && description.startsWith("BEHIND")
        ? RefusalReason.BEHIND
        : RefusalReason.OTHER;
  }

  private static LockRefusedException refused(RefusalReason reason, String text) {
    return new LockRefusedException(new Refusal(reason, null, null, text));
  }
}
