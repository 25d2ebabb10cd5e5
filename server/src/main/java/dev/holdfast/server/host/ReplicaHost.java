package dev.holdfast.server.host;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.Applied;
import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.StateImage;
import dev.holdfast.protocol.log.v1.LogEntry;
import dev.holdfast.protocol.log.v1.SnapshotRecord;
import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.Replica;
import dev.holdfast.replication.SnapshotImage;
import dev.holdfast.server.node.AppliedEntry;
import dev.holdfast.server.node.MapView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Owns this node's lock map. The apply thread changes it under the write lock and tells the node
 * what came of each entry; anybody may look at it under the read lock.
 */
public final class ReplicaHost implements Replica, MapView {
  /**
   * Entries that were applied and that the node has not taken in yet: a bound, while it catches up.
   */
  private static final int UNTOLD_ENTRIES_MAX = 8_192;

  private static final int RECORD_BYTES_HINT = 200;

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Semaphore untold = new Semaphore(UNTOLD_ENTRIES_MAX);
  private final Object hashing = new Object();
  private final NodeEvents events;
  private final NodeMeter meter;
  private LockStateMachine machine = new LockStateMachine();

  /**
   * An empty map.
   *
   * @param events hears what happened, in order
   * @param meter hears how long it took
   */
  public ReplicaHost(NodeEvents events, NodeMeter meter) {
    this.events = events;
    this.meter = meter;
  }

  @Override
  public <T extends @Nullable Object> T read(Function<LockStateMachine, T> query) {
    lock.readLock().lock();
    try {
      return query.apply(machine);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** 32 bytes that are equal on all nodes of equal revision. */
  public byte[] stateHash() {
    // The machine keeps what it has hashed, so readers take turns.
    synchronized (hashing) {
      return read(LockStateMachine::stateHash);
    }
  }

  /** The map as it is now, to be read at leisure. */
  public StateImage image() {
    lock.writeLock().lock();
    try {
      return machine.image();
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public void apply(long index, long term, ByteBuffer bytes) {
    LogEntry entry = parse(index, bytes);
    long beganNanos = meter.nanoTime();
    Applied applied;
    long nextDeadlineMillis;
    lock.writeLock().lock();
    try {
      applied = machine.apply(entry);
      nextDeadlineMillis = machine.nextDeadlineMillis();
    } finally {
      lock.writeLock().unlock();
    }
    AppliedEntry done = new AppliedEntry(index, term, entry, applied, nextDeadlineMillis);
    meter.onApplied(done, meter.nanoTime() - beganNanos);
    untold.acquireUninterruptibly();
    events.onApplied(done, untold::release);
  }

  private static LogEntry parse(long index, ByteBuffer bytes) {
    try {
      return LogEntry.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException("entry " + index + " of the log is no LogEntry", e);
    }
  }

  @Override
  public SnapshotImage snapshot() {
    lock.writeLock().lock();
    try {
      long records =
          (long) machine.sessionCount() + machine.lockCount() + machine.waitingCount() + 2;
      return new MachineImage(machine.image(), records * RECORD_BYTES_HINT, events);
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public void restore(InputStream content) throws IOException {
    LockStateMachine restored;
    try {
      restored = LockStateMachine.restore(new Records(content));
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new IOException("the snapshot does not hold a lock map: " + e.getMessage(), e);
    }
    lock.writeLock().lock();
    try {
      machine = restored;
    } finally {
      lock.writeLock().unlock();
    }
    events.onRestored(restored.revision(), restored.clockMillis(), restored.nextDeadlineMillis());
  }

  @Override
  public void onLeadershipGained(long term) {
    events.onLeadershipGained(term);
  }

  @Override
  public void onLeadershipLost(long term) {
    events.onLeadershipLost(term);
  }

  @Override
  public void onLeaderChanged(@Nullable NodeId leader, long term) {
    events.onLeaderChanged(leader, term);
  }

  private record MachineImage(StateImage image, long sizeHint, NodeEvents events)
      implements SnapshotImage {
    @Override
    public void writeTo(OutputStream out) throws IOException {
      events.beforeSnapshot();
      Iterator<SnapshotRecord> records = image.records();
      while (records.hasNext()) {
        records.next().writeDelimitedTo(out);
      }
    }

    @Override
    public void close() {
      // Nothing but memory.
    }
  }

  private static final class Records implements Iterator<SnapshotRecord> {
    private final InputStream in;
    private @Nullable SnapshotRecord next;
    private boolean ended;

    Records(InputStream in) {
      this.in = in;
    }

    @Override
    public boolean hasNext() {
      if (next == null && !ended) {
        try {
          next = SnapshotRecord.parseDelimitedFrom(in);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        ended = next == null;
      }
      return next != null;
    }

    @Override
    public SnapshotRecord next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      SnapshotRecord record = next;
      next = null;
      return record;
    }
  }
}
