package dev.holdfast.server.ownership;

import dev.holdfast.core.Event;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.SessionInfo;
import dev.holdfast.history.chain.ChainLink;
import dev.holdfast.history.chain.ChainSettings;
import dev.holdfast.history.chain.ChainWriter;
import dev.holdfast.history.chain.DamagedChainException;
import dev.holdfast.protocol.v1.OwnershipGap;
import dev.holdfast.server.node.AppliedEntry;
import dev.holdfast.server.node.MapView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ownership history beside the work: the apply thread puts what it applied into a bounded
 * queue, a thread of its own writes it. If the queue is full the apply thread waits for room, for
 * {@value #PATIENCE_MILLIS} ms at most; if there is none even then, the steps are left out and the
 * file says so, until the queue is half empty again. So a disk that hangs costs a gap, not a node.
 *
 * <p>Methods that begin with {@code on} are called on the apply thread; the others may be called on
 * any.
 */
public final class OwnershipRecorder implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(OwnershipRecorder.class);

  /** Most events that wait to be written. */
  static final int QUEUED_MAX = 1 << 17;

  static final int PATIENCE_MILLIS = 100;
  private static final int BATCH = 1 << 13;
  private static final long FLUSH_MILLIS = 200;
  private static final long SYNC_PATIENCE_MILLIS = 10_000;
  private static final int SESSIONS_A_PAGE = 1_000;

  /** What the thread has to do. */
  private sealed interface Task {
    /** How much of the queue it takes. */
    int weight();
  }

  private record Entry(List<Event> events, long revision, long clockMillis, long wallMillis)
      implements Task {
    @Override
    public int weight() {
      return events.size();
    }
  }

  private record Skip(long to, OwnershipGap.Why why, long clockMillis, long wallMillis)
      implements Task {
    @Override
    public int weight() {
      return 1;
    }
  }

  private record Flush(
      boolean sync, long revision, long clockMillis, long wallMillis, CompletableFuture<?> done)
      implements Task {
    @Override
    public int weight() {
      return 1;
    }
  }

  private final ChainSettings settings;
  private final LongSupplier wallMillis;
  private final int queuedMax;
  private final Map<Long, String> labels = new ConcurrentHashMap<>();
  private final RecordSink sink = new RecordSink(this::labelOf);
  private final Object lock = new Object();
  private final Thread thread;
  private List<Task> queue = new ArrayList<>();
  private int queued;
  private boolean urgent;
  private boolean closed;

  /** The apply thread leaves things out, up to {@link #revision}. */
  private boolean behind;

  private long revision;
  private long clockMillis;
  private @Nullable ChainWriter chain;
  private volatile @Nullable String failure;

  /** What the thread has taken from the queue. Belongs to it. */
  private List<Task> current = List.of();

  /** A recorder that has not opened its files. */
  public OwnershipRecorder(ChainSettings settings) {
    this(settings, System::currentTimeMillis, QUEUED_MAX);
  }

  OwnershipRecorder(ChainSettings settings, LongSupplier wallMillis, int queuedMax) {
    this.settings = settings;
    this.wallMillis = wallMillis;
    this.queuedMax = queuedMax;
    thread = new Thread(this::run, "holdfast-ownership-" + settings.writer());
    thread.setDaemon(true);
  }

  /**
   * Proves what is there, and goes on behind it. Before anything is applied.
   *
   * @throws DamagedChainException if what is there is not what was written
   * @throws IOException if it cannot be read or written
   */
  public void open() throws IOException {
    chain =
        ChainWriter.open(
            settings,
            RecordVisitor.of(sink),
            trouble -> LOGGER.warn("ownership_tail_cut_off reason={}", trouble));
    thread.start();
  }

  // The apply thread.

  /** An entry was applied. */
  public void onApplied(AppliedEntry entry) {
    long clock = entry.applied().clockMillis();
    boolean recorded = false;
    for (Event event : entry.applied().events()) {
      if (event instanceof Event.SessionOpened opened) {
        labels.put(opened.sessionId(), opened.label());
      }
      recorded |= OwnershipRecords.isRecorded(event) || event instanceof Event.SessionEnded;
    }
    List<Event> events = recorded ? entry.applied().events() : List.of();
    synchronized (lock) {
      if (recorded && hasRoom(events.size())) {
        closeGap();
        add(new Entry(events, entry.applied().revision(), clock, wallMillis.getAsLong()));
      } else if (recorded) {
        forgetSessions(events);
      }
      revision = entry.applied().revision();
      clockMillis = clock;
    }
  }

  /** Whether there is room for so much; waits for it if there is none and that is not hopeless. */
  private boolean hasRoom(int weight) {
    if (closed || failure != null) {
      return false;
    }
    if (behind) {
      return queued <= queuedMax / 2;
    }
    long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    boolean interrupted = false;
    while (queued > 0 && queued + weight > queuedMax && !closed && !interrupted) {
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
      if (leftMillis <= 0) {
        break;
      }
      try {
        lock.wait(leftMillis);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    behind = queued > 0 && queued + weight > queuedMax;
    if (behind) {
      LOGGER.warn(
          "ownership_behind queued={} after_revision={}: the disk cannot keep up; the history will"
              + " say that steps are missing",
          queued,
          revision);
    }
    return !behind && !closed;
  }

  /** There is room again: what was left out is a gap. */
  private void closeGap() {
    if (behind) {
      behind = false;
      add(
          new Skip(
              revision, OwnershipGap.Why.RECORDER_BEHIND, clockMillis, wallMillis.getAsLong()));
    }
  }

  private void add(Task task) {
    queue.add(task);
    queued += task.weight();
    if (queued >= BATCH) {
      lock.notifyAll();
    }
  }

  /**
   * The map was replaced by a snapshot: at a start, or because this node was too far behind.
   *
   * @param map the new one
   */
  public void onRestored(long toRevision, long toClockMillis, MapView map) {
    map.read(this::readLabels);
    synchronized (lock) {
      closeGap();
      add(
          new Skip(
              toRevision, OwnershipGap.Why.SNAPSHOT_LOADED, toClockMillis, wallMillis.getAsLong()));
      revision = toRevision;
      clockMillis = toClockMillis;
    }
  }

  private @Nullable Void readLabels(LockStateMachine machine) {
    long after = 0;
    List<SessionInfo> page = machine.sessions(after, SESSIONS_A_PAGE);
    while (!page.isEmpty()) {
      for (SessionInfo session : page) {
        labels.put(session.sessionId(), session.label());
        after = session.sessionId();
      }
      page = machine.sessions(after, SESSIONS_A_PAGE);
    }
    return null;
  }

  // Any thread.

  /**
   * Waits until everything applied so far is safe on the disk, as before a snapshot that lets the
   * log forget it. Gives up after ten seconds; then a restart finds steps missing, and says so.
   */
  public void sync() {
    try {
      flush(true).get(SYNC_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOGGER.warn("ownership_sync_late queued={}", queued());
    } catch (ExecutionException e) {
      LOGGER.warn("ownership_sync_failed reason={}", String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Done when everything that was applied before is in the files, and on the disk if wanted. */
  CompletableFuture<?> flush(boolean sync) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    synchronized (lock) {
      String failed = failure;
      if (closed || failed != null) {
        done.completeExceptionally(new IOException(failed == null ? "the node stops" : failed));
        return done;
      }
      closeGap();
      add(new Flush(sync, revision, clockMillis, wallMillis.getAsLong(), done));
      urgent = true;
      lock.notifyAll();
    }
    return done;
  }

  /** What can be read now. */
  ChainWriter.View view() {
    ChainWriter open = chain;
    return open == null ? new ChainWriter.View(ChainLink.NONE, List.of()) : open.view();
  }

  ChainSettings settings() {
    return settings;
  }

  /** Why nothing is recorded any more; null if all is well. */
  public @Nullable String failure() {
    return failure;
  }

  int queued() {
    synchronized (lock) {
      return queued;
    }
  }

  /** Writes what was applied, and closes the files. Nothing may be applied any more. */
  @Override
  public void close() {
    if (chain == null) {
      return;
    }
    sync();
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // The thread.

  private void run() {
    ChainWriter open = java.util.Objects.requireNonNull(chain);
    try (open) {
      for (List<Task> tasks = take(); !tasks.isEmpty() || !isClosed(); tasks = take()) {
        current = tasks;
        for (Task task : tasks) {
          perform(open, task);
          given(task.weight());
        }
        open.flush();
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  private boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  /**
   * All that waits; after a fraction of a second, or at once if there is much or somebody waits.
   */
  private List<Task> take() {
    synchronized (lock) {
      long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS);
      while (!closed && !urgent && queued < BATCH) {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
        if (leftMillis <= 0) {
          break;
        }
        try {
          lock.wait(leftMillis);
        } catch (InterruptedException e) {
          // Nobody interrupts this thread on purpose; what waits is written all the same.
          break;
        }
      }
      urgent = false;
      List<Task> taken = queue;
      queue = new ArrayList<>();
      return taken;
    }
  }

  private void given(int weight) {
    synchronized (lock) {
      boolean full = queued >= queuedMax - BATCH;
      queued -= weight;
      if (full) {
        lock.notifyAll();
      }
    }
  }

  private void perform(ChainWriter open, Task task) throws IOException {
    switch (task) {
      case Entry entry -> {
        sink.applied(
            open, entry.events(), entry.revision(), entry.clockMillis(), entry.wallMillis());
        forgetSessions(entry.events());
      }
      case Skip skip ->
          sink.skipped(open, skip.to(), skip.why(), skip.clockMillis(), skip.wallMillis());
      case Flush flush -> {
        if (flush.sync()) {
          sink.reached(open, flush.revision(), flush.clockMillis(), flush.wallMillis());
          open.sync();
        } else {
          open.flush();
        }
        flush.done().complete(null);
      }
    }
  }

  private String labelOf(long sessionId) {
    return labels.getOrDefault(sessionId, "");
  }

  private void forgetSessions(List<Event> events) {
    for (Event event : events) {
      if (event instanceof Event.SessionEnded ended) {
        labels.remove(ended.sessionId());
      }
    }
  }

  private void fail(Exception cause) {
    List<Task> left;
    synchronized (lock) {
      failure = "the ownership history cannot be written any more: " + cause.getMessage();
      left = new ArrayList<>(current);
      left.addAll(queue);
      queue = new ArrayList<>();
      queued = 0;
      lock.notifyAll();
    }
    LOGGER.error("ownership_failed folder={}", settings.folder(), cause);
    for (Task task : left) {
      if (task instanceof Flush flush) {
        flush.done().completeExceptionally(cause);
      }
    }
  }
}
