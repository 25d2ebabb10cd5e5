package dev.holdfast.server.watch;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.LockName;
import dev.holdfast.protocol.v1.Move;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.WatchEvents;
import dev.holdfast.protocol.v1.WatchFrame;
import dev.holdfast.protocol.v1.WatchProgress;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.protocol.v1.WatchResync;
import dev.holdfast.protocol.v1.WatchStarted;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells watchers what happens, in order, without gap or repetition, or that they have to look for
 * themselves. A watcher holds no events: it is a cursor into the {@link EventRing}, and one that
 * reads slower than the ring turns is told {@code resync}. See docs/design/watches.md.
 *
 * <p>Single-threaded, as the node that it is a part of. What was decided leaves in {@link #flush}.
 */
public final class WatchDesk {
  /** Every watcher hears something in this time, so that it notices a node that is silent. */
  public static final long PROGRESS_NANOS = 2_000_000_000;

  static final int FRAME_BYTES = 64 << 10;
  static final int FRAMES_PER_TURN = 128;
  static final int LOOKS_PER_TURN = 65_536;

  private record ProgressDue(WatchStream stream, long atNanos) {}

  private final WatchLimits limits;
  private final EventRing ring;
  private final WatchIndex watching = new WatchIndex();
  private final Set<WatchStream> waiting = new LinkedHashSet<>();

  /** Those to whom something can be sent. Nobody stands in it twice. */
  private final Deque<WatchStream> line = new ArrayDeque<>();

  /** In the order of time, since all wait equally long. */
  private final Deque<ProgressDue> progress = new ArrayDeque<>();

  private int count;
  private long revision;
  private int looksLeft;

  /** A desk without watchers, at a map in which nothing has happened. */
  public WatchDesk(WatchLimits limits) {
    this.limits = limits;
    this.ring = new EventRing(limits.eventsMax(), limits.bytesMax());
  }

  // What happens

  /** This node's map has applied an entry. */
  public void onApplied(List<Event> events, long newRevision, long clockMillis) {
    revision = newRevision;
    boolean watched = !watching.isEmpty();
    for (Event event : events) {
      if (EventContents.isAboutLocks(event)) {
        long serial = ring.add(event, clockMillis);
        if (watched) {
          EventContents.anyLock(event, lock -> mark(lock, serial));
        }
      }
    }
  }

  private boolean mark(String lock, long serial) {
    watching.find(
        lock,
        stream -> {
          if (stream.cursor == WatchStream.NONE) {
            stream.cursor = serial;
            // Whatever came before it is told, or was not asked for.
            stream.completeRevision = ring.revisionOf(serial) - 1;
            standInLine(stream);
          }
        });
    return false;
  }

  /** This node's map was replaced by that of a snapshot. */
  public void onRestored(long newRevision) {
    ring.reset(newRevision);
    for (WatchStream stream : watching.all()) {
      if (stream.isOwedSomething() || newRevision != revision) {
        stream.cursor = WatchStream.NONE;
        stream.passedOver = true;
        standInLine(stream);
      }
    }
    revision = newRevision;
  }

  // Watchers

  /**
   * Takes a watcher in, who has to wait until this node has a word of the leader; or says why it
   * cannot be.
   */
  public @Nullable Refused take(WatchStream stream, WatchRequest request) {
    Refused problem = problemWith(request);
    if (problem != null) {
      return problem;
    }
    if (count >= limits.watchersMax()) {
      return refused(
          RefusalReason.TOO_MANY_WATCHERS,
          "this node has as many watchers as watches.watchers-max allows; use another node, watch a"
              + " prefix instead of its locks, or raise the limit");
    }
    stream.ask(request);
    waiting.add(stream);
    count++;
    return null;
  }

  private static @Nullable Refused problemWith(WatchRequest request) {
    if (request.getFromRevision() < 0) {
      return refused(
          RefusalReason.INVALID_REQUEST,
          "from_revision is negative; send 0 for what is to come, or the first revision wanted");
    }
    return switch (request.getTargetCase()) {
      case LOCK -> problemWithName(request.getLock());
      case PREFIX -> request.getPrefix().isEmpty() ? null : problemWithName(request.getPrefix());
      case TARGET_NOT_SET ->
          refused(
              RefusalReason.INVALID_REQUEST,
              "the request says neither `lock` nor `prefix`; send one, an empty prefix for all"
                  + " locks");
    };
  }

  private static @Nullable Refused problemWithName(String name) {
    String problem = LockName.problemWith(name);
    return problem == null
        ? null
        : refused(RefusalReason.INVALID_NAME, problem).toBuilder().setLock(name).build();
  }

  private static Refused refused(RefusalReason reason, String detail) {
    return Refused.newBuilder().setReason(reason).setDetail(detail).build();
  }

  /** The last words to a watcher, taken in or not. */
  public void refuse(WatchStream stream, Refused refused) {
    say(stream, WatchFrame.newBuilder().setRefused(refused));
    end(stream);
  }

  /** Whether a watcher that was taken in still waits to begin. */
  public boolean isWaiting(WatchStream stream) {
    return stream.state == WatchStream.State.WAITING;
  }

  /**
   * This node's map has everything that was acknowledged before the watcher asked: it begins.
   *
   * @param started what to tell about this node; the revision is filled in here
   */
  public void begin(WatchStream stream, WatchStarted started, long nowNanos) {
    waiting.remove(stream);
    stream.state = WatchStream.State.WATCHING;
    long after = stream.fromRevision == 0 ? revision : stream.fromRevision - 1;
    // A revision that the leader has not reached either is one of another life of the cluster.
    boolean known = after >= ring.floorRevision() && after <= revision;
    long begin = known ? after : revision;
    say(stream, WatchFrame.newBuilder().setStarted(started.toBuilder().setRevision(begin)));
    if (known) {
      long first = ring.firstSince(after + 1);
      if (first < ring.next()) {
        stream.cursor = first;
        stream.completeRevision = after;
        standInLine(stream);
      }
    } else {
      stream.passedOver = true;
      standInLine(stream);
    }
    watching.add(stream);
    progress.add(new ProgressDue(stream, nowNanos + PROGRESS_NANOS));
  }

  /** A watcher's connection takes frames again. */
  public void onReady(WatchStream stream) {
    if (stream.isWatching() && stream.isOwedSomething()) {
      standInLine(stream);
    }
  }

  /** A watcher's stream is gone, for whatever reason. */
  public void onGone(WatchStream stream) {
    switch (stream.state) {
      case WAITING -> {
        waiting.remove(stream);
        count--;
      }
      case WATCHING -> {
        watching.remove(stream);
        count--;
      }
      case NEW, ENDED -> {}
    }
    stream.state = WatchStream.State.ENDED;
  }

  /** Sends everybody elsewhere. */
  public void moveAll(Move move) {
    List<WatchStream> everybody = watching.all();
    everybody.addAll(waiting);
    for (WatchStream stream : everybody) {
      say(stream, WatchFrame.newBuilder().setMove(move));
      end(stream);
    }
  }

  private void end(WatchStream stream) {
    onGone(stream);
    stream.connection.end();
  }

  /** How many watch, or wait to. */
  public int count() {
    return count;
  }

  private void standInLine(WatchStream stream) {
    if (!stream.inLine) {
      stream.inLine = true;
      line.add(stream);
    }
  }

  // What goes out

  /** Lets out what was decided, as much as one turn may; the rest is due at once. */
  public void flush(long nowNanos) {
    looksLeft = LOOKS_PER_TURN;
    int framesLeft = FRAMES_PER_TURN;
    while (framesLeft > 0 && looksLeft > 0 && !line.isEmpty()) {
      WatchStream stream = line.remove();
      stream.inLine = false;
      // One that is not ready leaves the line: the door says when it is.
      if (stream.isWatching() && stream.isOwedSomething() && stream.connection.isReady()) {
        framesLeft--;
        sendNext(stream);
        if (stream.isOwedSomething()) {
          standInLine(stream);
        }
      }
    }
    while (framesLeft > 0 && isProgressDue(nowNanos)) {
      WatchStream stream = progress.remove().stream();
      if (stream.isWatching()) {
        framesLeft--;
        sendProgress(stream);
        progress.add(new ProgressDue(stream, nowNanos + PROGRESS_NANOS));
      }
    }
  }

  private boolean isProgressDue(long nowNanos) {
    return !progress.isEmpty() && nowNanos - progress.getFirst().atNanos() >= 0;
  }

  /** Nanoseconds until {@link #flush} has something to do although nothing happens. */
  public long nanosUntilDue(long nowNanos) {
    if (!line.isEmpty()) {
      return 0;
    }
    return progress.isEmpty()
        ? Long.MAX_VALUE
        : Math.max(0, progress.getFirst().atNanos() - nowNanos);
  }

  private void sendNext(WatchStream stream) {
    if (stream.passedOver || stream.cursor < ring.first()) {
      stream.passedOver = false;
      stream.cursor = WatchStream.NONE;
      say(
          stream,
          WatchFrame.newBuilder().setResync(WatchResync.newBuilder().setRevision(revision)));
      return;
    }
    WatchEvents.Builder events = WatchEvents.newBuilder();
    collect(stream, events);
    if (events.getEventsCount() > 0) {
      events.setCompleteRevision(completeRevision(stream));
      say(stream, WatchFrame.newBuilder().setEvents(events));
    }
  }

  /** Reads the ring from the cursor on, and moves it behind what was read. */
  private void collect(WatchStream stream, WatchEvents.Builder events) {
    long serial = stream.cursor;
    int bytes = 0;
    while (serial < ring.next() && looksLeft > 0) {
      if (EventContents.anyLock(ring.event(serial), stream.target::covers)) {
        int size = ring.message(serial).getSerializedSize();
        if (bytes > 0 && bytes + size > FRAME_BYTES) {
          break;
        }
        bytes += size;
        events.addEvents(ring.message(serial));
      }
      looksLeft--;
      serial++;
    }
    if (serial < ring.next()) {
      stream.cursor = serial;
      stream.completeRevision = Math.max(stream.completeRevision, ring.revisionOf(serial) - 1);
    } else {
      stream.cursor = WatchStream.NONE;
    }
  }

  private long completeRevision(WatchStream stream) {
    return stream.cursor == WatchStream.NONE ? revision : stream.completeRevision;
  }

  /** One that does not read is not told; one that was passed over hears it from the line. */
  private void sendProgress(WatchStream stream) {
    if (!stream.passedOver && stream.connection.isReady()) {
      say(
          stream,
          WatchFrame.newBuilder()
              .setProgress(WatchProgress.newBuilder().setRevision(completeRevision(stream))));
    }
  }

  private static void say(WatchStream stream, WatchFrame.Builder frame) {
    stream.connection.send(frame.build());
  }
}
