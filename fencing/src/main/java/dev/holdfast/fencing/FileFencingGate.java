package dev.holdfast.fencing;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A gate that keeps its tokens in a file, for resources on the same machine that outlive the
 * process, such as files. Any number of processes and threads may use the same file at once, each
 * through a gate of its own or through a shared one.
 *
 * <p><b>Durability.</b> A token is on the disk before the write under it begins. A crash of the
 * process or of the machine, at any point, loses no token under which a write has begun, and leaves
 * nothing to repair. A file with any wrong byte is refused ({@link DamagedGateFileException}),
 * never silently started over. A file that has vanished is refused as well: {@link #create} makes a
 * gate, {@link #open} never does.
 *
 * <p><b>Cost.</b> A token that is equal to the highest costs some file-system calls and no disk
 * access. A higher one writes all tokens of the gate to a new file and waits for the disk twice: so
 * a gate holds at most 16,384 resources, and a few hundred make it quicker. Spread more over
 * several gates.
 *
 * <p><b>Threads and processes.</b> Writes to different resources run at the same time, except that
 * one pair in 256 has to take turns. Within a process threads get their turn in order of arrival;
 * between processes there is no order, and who waits asks every few milliseconds.
 *
 * <p><b>Files.</b> Beside the gate's file there is a lock file, with {@code .lock} added to the
 * name, and at times a temporary one with {@code .new}. The folder must be writable and on a file
 * system with working file locks: a local one. Do not remove the lock file while a gate is open,
 * and do not open it otherwise in a process that has a gate on it, for that would end the process's
 * locks on systems that follow POSIX; two class loaders of one JVM must share one gate for the same
 * reason. A copy of the file that is put back later has forgotten the tokens since: no gate can
 * notice that.
 */
public final class FileFencingGate implements FencingGate, AutoCloseable {
  private final GateFile file;
  private final GateLocks locks;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * What was last read or written; used under the lock of the gate file, while its generation is
   * that of the file.
   */
  private @Nullable GateContent lastSeen;

  private FileFencingGate(GateFile file, GateLocks locks) {
    this.file = file;
    this.locks = locks;
  }

  /**
   * Makes a gate that has seen no token yet.
   *
   * @param file where to keep its tokens; the folder exists
   * @return the gate, to be closed
   * @throws FileAlreadyExistsException if there is a file already
   * @throws IOException if the file cannot be made
   */
  public static FileFencingGate create(Path file) throws IOException {
    return open(file, true, false);
  }

  /**
   * Opens a gate that was made before.
   *
   * @param file where it keeps its tokens
   * @return the gate, to be closed
   * @throws NoSuchFileException if there is no file; a gate is not made silently, because one that
   *     lost its file would admit stale tokens
   * @throws IOException if the file cannot be read
   * @throws DamagedGateFileException if the file does not hold what a gate wrote
   */
  public static FileFencingGate open(Path file) throws IOException {
    return open(file, false, true);
  }

  /**
   * Opens a gate, and makes it if there is none: convenient where the folder is as lasting as the
   * resources, and where it is not, a way to forget tokens unnoticed.
   *
   * @param file where to keep its tokens; the folder exists
   * @return the gate, to be closed
   * @throws IOException if the file cannot be read or made
   * @throws DamagedGateFileException if the file does not hold what a gate wrote
   */
  public static FileFencingGate openOrCreate(Path file) throws IOException {
    return open(file, true, true);
  }

  private static FileFencingGate open(Path file, boolean mayCreate, boolean mayExist)
      throws IOException {
    Path absolute = file.toAbsolutePath();
    Path folder = absolute.getParent();
    Path name = absolute.getFileName();
    if (folder == null || name == null) {
      throw new IllegalArgumentException("a gate's file cannot be " + file);
    }
    boolean exists = Files.exists(absolute);
    if (!exists && !mayCreate) {
      throw noSuchGate(absolute);
    }
    // One name for one file, whichever links lead to it: it is what the gates of a process share.
    Path real = exists ? absolute.toRealPath() : folder.toRealPath().resolve(name);
    GateLocks locks = GateLocks.open(real.resolveSibling(real.getFileName() + ".lock"));
    boolean opened = false;
    try {
      FileFencingGate gate = new FileFencingGate(new GateFile(real), locks);
      gate.load(mayCreate, mayExist);
      opened = true;
      return gate;
    } finally {
      if (!opened) {
        locks.release();
      }
    }
  }

  private void load(boolean mayCreate, boolean mayExist) throws IOException {
    GateLocks.Held held = locks.lockGateFileForOpening();
    try {
      if (!Files.exists(file.path())) {
        if (!mayCreate) {
          throw noSuchGate(file.path());
        }
        file.replace(GateContent.empty());
      } else if (!mayExist) {
        throw new FileAlreadyExistsException(
            file.path().toString(), null, "open this gate instead of creating it");
      }
      lastSeen = file.read();
    } finally {
      held.unlock();
    }
  }

  private static NoSuchFileException noSuchGate(Path file) {
    return new NoSuchFileException(
        file.toString(),
        null,
        "there is no gate; create one if there has never been one, and find out where it went if there has");
  }

  @Override
  public void admit(String resource, long token) throws StaleTokenException, InterruptedException {
    this.<@Nullable Void, RuntimeException>write(resource, token, () -> null);
  }

  @Override
  public <T extends @Nullable Object, E extends Exception> T write(
      String resource, long token, GuardedWrite<T, E> write)
      throws StaleTokenException, InterruptedException, E {
    GateArguments.requireResource(resource);
    GateArguments.requireToken(token);
    enter();
    try {
      GateLocks.Held held = lockResource(resource);
      try {
        raise(resource, token);
        return write.run();
      } finally {
        held.unlock();
      }
    } finally {
      leave();
    }
  }

  @Override
  public OptionalLong highestToken(String resource) throws InterruptedException {
    GateArguments.requireResource(resource);
    requireOpen();
    locks.retain();
    try {
      GateLocks.Held held = locks.lockGateFile();
      try {
        long highest = current().highestToken(resource);
        return highest == 0 ? OptionalLong.empty() : OptionalLong.of(highest);
      } finally {
        held.unlock();
      }
    } catch (IOException e) {
      throw unavailable(e);
    } finally {
      locks.release();
    }
  }

  /**
   * Closes the gate. Writes that are running end undisturbed; later ones are an {@link
   * IllegalStateException}. To close it twice is to close it once.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      locks.release();
    }
  }

  private void enter() {
    requireOpen();
    locks.writingThreads().enter();
    boolean retained = false;
    try {
      locks.retain();
      retained = true;
    } finally {
      if (!retained) {
        locks.writingThreads().leave();
      }
    }
  }

  private void leave() {
    locks.writingThreads().leave();
    locks.release();
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the gate on " + file.path() + " is closed; open it again");
    }
  }

  private GateLocks.Held lockResource(String resource) throws InterruptedException {
    try {
      return locks.lockResource(resource);
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  /** Remembers a token for good, or refuses it. The caller holds the lock of the resource. */
  private void raise(String resource, long token) throws StaleTokenException, InterruptedException {
    try {
      GateLocks.Held held = locks.lockGateFile();
      try {
        GateContent current = current();
        long highest = current.highestToken(resource);
        if (token < highest) {
          throw new StaleTokenException(resource, token, highest);
        }
        if (token > highest) {
          replace(current, resource, token);
        }
      } finally {
        held.unlock();
      }
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private void replace(GateContent current, String resource, long token) throws IOException {
    if (current.highestToken(resource) == 0 && current.isFull()) {
      throw new GateUnavailableException(
          "the gate %s already holds %d resources, which is all that it may; use a second gate for '%s'"
              .formatted(file.path(), GateContent.RESOURCES_MAX, resource),
          null);
    }
    GateContent changed = current.with(resource, token);
    lastSeen = null; // whatever the disk makes of it is read again
    file.replace(changed);
    lastSeen = changed;
  }

  /** What the file holds now; another process may have replaced it. */
  private GateContent current() throws IOException {
    GateContent seen = lastSeen;
    if (seen == null || seen.generation() != file.readGeneration()) {
      lastSeen = null;
      seen = file.read();
      lastSeen = seen;
    }
    return seen;
  }

  private GateUnavailableException unavailable(IOException cause) {
    return new GateUnavailableException(
        "the gate %s cannot be read or changed (%s); nothing was written under it: put that right and try again, but do not create the gate anew, for it would have forgotten the tokens seen"
            .formatted(file.path(), cause),
        cause);
  }
}
