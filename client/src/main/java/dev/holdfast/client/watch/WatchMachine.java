package dev.holdfast.client.watch;

import dev.holdfast.client.session.Endpoints;
import dev.holdfast.client.session.NanoClock;
import dev.holdfast.client.session.RetryPolicy;
import dev.holdfast.protocol.v1.LockEvent;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.WatchEvents;
import dev.holdfast.protocol.v1.WatchFrame;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.protocol.v1.WatchStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One watch: at which node it is, up to which revision it is complete, and where it goes on when a
 * node fails. The events after a revision are the same on every node and in the same order, so that
 * revision, and how many events of the next one were told already, is all that it has to remember.
 *
 * <p>Single-threaded: one method after the other, and {@link #advance} when events were handled or
 * {@link #nextWakeNanos} has come.
 */
public final class WatchMachine {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** A node waits for a word of its leader before it begins, at most 3 s. */
  private static final long START_NANOS_MAX = 5 * NANOS_PER_SECOND;

  /** Nodes say something every 2 s. */
  private static final long SILENCE_NANOS_MAX = 6 * NANOS_PER_SECOND;

  /** The stream, in the order in which it is lived. */
  private enum Stage {
    /** None; the next attempt is due at {@link #retryAtNanos}. */
    DOWN,
    /** Opened, and the node has not said yet that it tells events. */
    STARTING,
    /** The node tells events. */
    STARTED,
    /** There will be no other. */
    OVER
  }

  private final WatchRequest wanted;
  private final RetryPolicy retry;
  private final NanoClock clock;
  private final RandomGenerator random;
  private final WatchTransport transport;
  private final WatchObserver observer;
  private final Endpoints endpoints;

  private Stage stage = Stage.DOWN;
  private int stream;
  private String endpoint = "";
  private int failures;
  private long retryAtNanos;
  private long heardAtNanos;

  /** The observer has not taken what it was told last. */
  private boolean telling;

  private boolean begun;
  private long completeRevision;

  /** The revision of the last event told, and how many of it were. */
  private long partRevision;

  private int partCount;

  /** How many of these come again on the present stream. */
  private int repeatedCount;

  /**
   * A watch that has not asked anybody; {@link #advance} begins.
   *
   * @param endpoints host:port of at least one node
   * @param inOrder whether to try them in that order; otherwise it begins anywhere
   * @param wanted what is watched, and from which revision on; 0 for what is to come
   */
  public WatchMachine(
      List<String> endpoints,
      boolean inOrder,
      WatchRequest wanted,
      RetryPolicy retry,
      NanoClock clock,
      RandomGenerator random,
      WatchTransport transport,
      WatchObserver observer) {
    this.endpoints = new Endpoints(endpoints, inOrder, random);
    this.wanted = wanted;
    this.retry = retry;
    this.clock = clock;
    this.random = random;
    this.transport = transport;
    this.observer = observer;
    this.retryAtNanos = clock.nanoTime();
    this.completeRevision = Math.max(0, wanted.getFromRevision() - 1);
  }

  /** Everything up to this revision was told to the observer, or it was told to look. */
  public long completeRevision() {
    return completeRevision;
  }

  /** Where it is, or was last: host:port; empty before the first attempt. */
  public String endpoint() {
    return endpoint;
  }

  public boolean isOver() {
    return stage == Stage.OVER;
  }

  /** Does what time demands. */
  public void advance() {
    long now = clock.nanoTime();
    switch (stage) {
      case DOWN -> {
        if (now >= retryAtNanos && !telling) {
          open(now);
        }
      }
      case STARTING -> {
        if (!telling && now - heardAtNanos >= START_NANOS_MAX) {
          failed(endpoint + " did not begin to tell events in time");
        }
      }
      case STARTED -> {
        if (!telling && now - heardAtNanos >= SILENCE_NANOS_MAX) {
          failed(endpoint + " has been silent for too long");
        }
      }
      case OVER -> {}
    }
  }

  /** When {@link #advance} has something to do although nothing happens, by the clock. */
  public long nextWakeNanos() {
    if (telling) {
      return Long.MAX_VALUE;
    }
    return switch (stage) {
      case DOWN -> retryAtNanos;
      case STARTING -> heardAtNanos + START_NANOS_MAX;
      case STARTED -> heardAtNanos + SILENCE_NANOS_MAX;
      case OVER -> Long.MAX_VALUE;
    };
  }

  private void open(long now) {
    endpoint = endpoints.next();
    stream++;
    stage = Stage.STARTING;
    heardAtNanos = now;
    repeatedCount = partRevision > completeRevision ? partCount : 0;
    boolean anywhere = !begun && wanted.getFromRevision() == 0;
    transport.open(
        stream,
        endpoint,
        wanted.toBuilder().setFromRevision(anywhere ? 0 : completeRevision + 1).build());
  }

  /** The observer has dealt with what it was told last. */
  public void taken() {
    telling = false;
    heardAtNanos = clock.nanoTime();
    if (stage == Stage.STARTING || stage == Stage.STARTED) {
      transport.readOneMore(stream);
    }
  }

  /** Ends the watch. Doing it twice does nothing. */
  public void close() {
    if (stage != Stage.OVER) {
      drop();
      stage = Stage.OVER;
      observer.ended(null);
    }
  }

  // What nodes say

  /** A stream is gone. */
  public void streamClosed(int which, String why) {
    if (isPresent(which)) {
      failed(endpoint + ": " + why);
    }
  }

  /** A frame has arrived. */
  public void frameArrived(int which, WatchFrame frame) {
    if (!isPresent(which)) {
      return;
    }
    heardAtNanos = clock.nanoTime();
    switch (frame.getKindCase()) {
      case STARTED -> onStarted(frame.getStarted());
      case EVENTS -> onEvents(frame.getEvents());
      case PROGRESS ->
          completeRevision = Math.max(completeRevision, frame.getProgress().getRevision());
      case RESYNC -> onResync(frame.getResync().getRevision());
      case MOVE -> {
        endpoints.prefer(frame.getMove().getEndpointsList(), endpoint);
        failed(endpoint + ": " + frame.getMove().getDetail());
      }
      case REFUSED -> onRefused(frame.getRefused());
      case KIND_NOT_SET -> {
        // From a later version; what this one needs is said in a way that it knows.
      }
    }
    if (isPresent(which) && !telling) {
      transport.readOneMore(stream);
    }
  }

  private boolean isPresent(int which) {
    return which == stream && (stage == Stage.STARTING || stage == Stage.STARTED);
  }

  private void onStarted(WatchStarted started) {
    stage = Stage.STARTED;
    failures = 0;
    endpoints.learn(started.getEndpointsList(), endpoint);
    if (!begun) {
      begun = true;
      completeRevision = started.getRevision();
      telling = true;
      observer.started(completeRevision);
    }
  }

  private void onEvents(WatchEvents events) {
    List<LockEvent> fresh = new ArrayList<>(events.getEventsCount());
    for (LockEvent event : events.getEventsList()) {
      if (isFresh(event)) {
        fresh.add(event);
      }
    }
    completeRevision = Math.max(completeRevision, events.getCompleteRevision());
    if (!fresh.isEmpty()) {
      telling = true;
      observer.happened(fresh);
    }
  }

  private boolean isFresh(LockEvent event) {
    long revision = event.getRevision();
    if (revision <= completeRevision) {
      return false;
    }
    if (revision != partRevision) {
      partRevision = revision;
      partCount = 0;
      repeatedCount = 0;
    }
    if (repeatedCount > 0) {
      repeatedCount--;
      return false;
    }
    partCount++;
    return true;
  }

  private void onResync(long revision) {
    // Not less than what was told: a node may be restored from an older copy of the cluster.
    completeRevision = revision;
    partRevision = 0;
    partCount = 0;
    repeatedCount = 0;
    telling = true;
    observer.passedOver(revision);
  }

  private void onRefused(Refused refused) {
    boolean forGood =
        refused.getReason() == RefusalReason.INVALID_NAME
            || refused.getReason() == RefusalReason.INVALID_REQUEST;
    if (forGood) {
      drop();
      stage = Stage.OVER;
      observer.ended(refused);
    } else {
      failed(endpoint + " refused: " + refused.getReason() + " " + refused.getDetail());
    }
  }

  /** Goes on elsewhere: each other endpoint gets a chance at once, and after that patience. */
  private void failed(String why) {
    drop();
    stage = Stage.DOWN;
    failures++;
    int rounds = failures - endpoints.count() + 1;
    retryAtNanos = clock.nanoTime() + (rounds <= 0 ? 0 : retry.delayNanos(rounds, random));
    observer.disturbed(why);
  }

  private void drop() {
    if (stage == Stage.STARTING || stage == Stage.STARTED) {
      transport.drop(stream);
    }
  }
}
