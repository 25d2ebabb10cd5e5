package dev.holdfast.fencing;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Mutual exclusion over the writers of one gate file, in this process and in others.
 *
 * <p>A lock is a byte of the lock file: byte 0 for the gate file itself, and one of {@value
 * #STRIPES} others, chosen by name, for each resource. The operating system gives such a byte to
 * one process at a time and takes it back when the process dies, however it dies. Between the
 * threads of this process, to all of which the byte belongs, a lock of the JVM decides.
 *
 * <p>Two habits of the system shape this class. POSIX drops all locks of a process on a file as
 * soon as the process closes <em>any</em> descriptor of it. So all gates of this process on one
 * file share one channel, and it is closed when the last user has gone. And {@link
 * FileChannel#lock} closes its channel when the waiting thread is interrupted, which would drop
 * everybody's locks. So waiting is asking again and again with {@code tryLock}, which is not
 * interruptible. For the same reason the gate file is not what is locked: it is replaced by each
 * change.
 */
final class GateLocks {
  private static final int STRIPES = 256;
  private static final int GATE_FILE_BYTE = 0;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(5);

  /**
   * All that are open in this process, by lock file; also the monitor over their counts of users.
   */
  private static final Map<Path, GateLocks> OPEN = new HashMap<>();

  private final Path lockFile;
  private final FileChannel channel;
  private final @Nullable Object lockFileKey;
  private final ReentrantLock[] threadLocks = new ReentrantLock[1 + STRIPES];
  private final WritingThreads writingThreads = new WritingThreads();

  /** Open gates and running operations. */
  private int users;

  private GateLocks(Path lockFile) throws IOException {
    this.lockFile = lockFile;
    this.channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    this.lockFileKey = fileKey(lockFile);
    for (int i = 0; i < threadLocks.length; i++) {
      threadLocks[i] = new ReentrantLock(true);
    }
  }

  /** Locks of a lock file, which is made if there is none. To be {@linkplain #release released}. */
  static GateLocks open(Path lockFile) throws IOException {
    synchronized (OPEN) {
      GateLocks locks = OPEN.get(lockFile);
      if (locks == null) {
        locks = new GateLocks(lockFile);
        OPEN.put(lockFile, locks);
      }
      locks.users++;
      return locks;
    }
  }

  /** Keeps the locks open for an operation. To be {@linkplain #release released}. */
  void retain() {
    synchronized (OPEN) {
      if (users == 0) {
        throw new IllegalStateException("the gate is closed; open it again");
      }
      users++;
    }
  }

  void release() {
    synchronized (OPEN) {
      users--;
      if (users > 0) {
        return;
      }
      OPEN.remove(lockFile);
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close " + lockFile, e);
      }
    }
  }

  WritingThreads writingThreads() {
    return writingThreads;
  }

  /** Waits until the resource is this thread's; others with the same stripe wait with it. */
  Held lockResource(String resource) throws IOException, InterruptedException {
    int hash = resource.hashCode();
    return lock(1 + Math.floorMod(hash ^ (hash >>> 16), STRIPES));
  }

  /** Waits until the gate file is this thread's, which nobody keeps for long. */
  Held lockGateFile() throws IOException, InterruptedException {
    return lock(GATE_FILE_BYTE);
  }

  /**
   * As {@link #lockGateFile}, for callers who treat an interrupt as one more failure of the disk.
   */
  Held lockGateFileForOpening() throws IOException {
    try {
      return lockGateFile();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while waiting for " + lockFile);
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private Held lock(int position) throws IOException, InterruptedException {
    ReentrantLock threadLock = threadLocks[position];
    threadLock.lockInterruptibly();
    boolean locked = false;
    try {
      FileLock processLock = awaitProcessLock(position);
      locked = true;
      Held held = new Held(threadLock, processLock);
      try {
        requireSameLockFile();
      } catch (IOException e) {
        held.unlock();
        throw e;
      }
      return held;
    } finally {
      if (!locked) {
        threadLock.unlock();
      }
    }
  }

  private FileLock awaitProcessLock(int position) throws IOException, InterruptedException {
    long pauseNanos = FIRST_PAUSE_NANOS;
    while (true) {
      FileLock lock = tryProcessLock(position);
      if (lock != null) {
        return lock;
      }
      LockSupport.parkNanos(this, pauseNanos);
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while another process held " + lockFile);
      }
      pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
    }
  }

  private @Nullable FileLock tryProcessLock(int position) throws IOException {
    try {
      return channel.tryLock(position, 1, false);
    } catch (OverlappingFileLockException e) {
      return null; // held by a gate of another class loader, which has channels of its own
    }
  }

  /** Whoever removes the lock file parts the processes that have it open from those that come. */
  private void requireSameLockFile() throws IOException {
    Object key;
    try {
      key = fileKey(lockFile);
    } catch (NoSuchFileException e) {
      throw replaced(e);
    }
    if (!Objects.equals(key, lockFileKey)) {
      throw replaced(null);
    }
  }

  private IOException replaced(@Nullable IOException cause) {
    return new IOException(
        "the lock file %s was removed or replaced while it was in use; stop all processes that write through this gate, then start them again"
            .formatted(lockFile),
        cause);
  }

  /** What tells a file from its namesake; nothing on systems that have no such key. */
  private static @Nullable Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  /** A lock that the thread has. */
  record Held(ReentrantLock threadLock, FileLock processLock) {
    void unlock() {
      try {
        processLock.release();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot give a file lock back", e);
      } finally {
        threadLock.unlock();
      }
    }
  }
}
