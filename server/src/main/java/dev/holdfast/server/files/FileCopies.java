package dev.holdfast.server.files;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Event;
import dev.holdfast.core.FileInfo;
import dev.holdfast.protocol.FileName;
import dev.holdfast.server.node.AppliedEntry;
import dev.holdfast.server.node.MapView;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a folder equal to the files of this node's map. The apply thread only notes which file has
 * changed from which byte on; a thread of its own then reads the map and writes. So what waits is
 * bounded by the number of files, and it does not matter what is noted twice, in which order the
 * bytes went to the disk, or when the process dies: what differs is written again, from the offset
 * at which it belongs.
 *
 * <p>Methods that begin with {@code on} are called on the apply thread; the others by whoever
 * starts and stops the node.
 */
public final class FileCopies implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(FileCopies.class);
  private static final int PIECE_BYTES = 256 << 10;
  private static final int NAMES_A_PAGE = 1_000;
  private static final long CLOSE_PATIENCE_MILLIS = 2_000;

  private final Path path;
  private final CopyFolder folder;
  private final Consumer<IOException> onDiskProblem;
  private final Object lock = new Object();
  private final Thread thread;

  /** What has changed: from which byte on, by name. */
  private final TreeMap<String, Long> changed = new TreeMap<>();

  /** The map was replaced: anything may have changed, and what it does not know is to go. */
  private boolean restored;

  private boolean busy;
  private boolean closed;
  private @Nullable MapView map;

  /** Names that were reported; told once. Belongs to the thread. */
  private final Set<String> refused = new HashSet<>();

  /**
   * Copies that are not begun.
   *
   * @param path the folder; made if it is not there
   * @param node whose copies they are, for the thread's name
   * @param onDiskProblem hears of an error of the disk, after which nothing is copied any more; on
   *     the thread of the copies
   */
  public FileCopies(Path path, String node, Consumer<IOException> onDiskProblem) {
    this.path = path;
    this.folder = new CopyFolder(path);
    this.onDiskProblem = onDiskProblem;
    thread = new Thread(this::run, "holdfast-files-" + node);
    thread.setDaemon(true);
  }

  /** Whose files these are; before anything is applied. */
  public void readFrom(MapView ofNode) {
    synchronized (lock) {
      map = ofNode;
    }
  }

  /**
   * Makes the folder, and begins to write. When the data directory is this process's own.
   *
   * @throws IOException if something else than a folder stands there, or the disk fails
   */
  public void open() throws IOException {
    folder.make();
    synchronized (lock) {
      for (int i = 0; i < FileName.DEFAULT_FILES; i++) {
        changed.putIfAbsent(FileName.ofDefault(i), Long.MAX_VALUE);
      }
    }
    thread.start();
  }

  // The apply thread.

  /** An entry was applied. */
  public void onApplied(AppliedEntry entry) {
    for (Event event : entry.applied().events()) {
      switch (event) {
        case Event.FileAppended appended -> note(appended.file(), appended.offset());
        case Event.FileRolledBack cut -> note(cut.file(), cut.length());
        case Event.FileDeleted deleted -> note(deleted.file(), 0);
        default -> {
          // Nothing in a file.
        }
      }
    }
  }

  /** The map was replaced by that of a snapshot. */
  public void onRestored() {
    synchronized (lock) {
      restored = true;
      lock.notifyAll();
    }
  }

  private void note(String file, long from) {
    synchronized (lock) {
      changed.merge(file, from, Math::min);
      lock.notifyAll();
    }
  }

  // The thread.

  private void run() {
    try {
      while (await()) {
        if (takeRestored()) {
          compareAll();
        }
        Map.Entry<String, Long> next = take();
        if (next != null) {
          maybeBringUpToDate(next.getKey(), next.getValue());
        }
      }
    } catch (IOException e) {
      LOGGER.error("file_copies_failed folder={}", path, e);
      onDiskProblem.accept(e);
    } finally {
      synchronized (lock) {
        closed = true;
        lock.notifyAll();
      }
    }
  }

  /** False when it is over. */
  private boolean await() {
    synchronized (lock) {
      busy = false;
      lock.notifyAll();
      while (!closed && !hasWork()) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
      busy = !closed;
      return !closed;
    }
  }

  private boolean hasWork() {
    return map != null && (restored || !changed.isEmpty());
  }

  private boolean takeRestored() {
    synchronized (lock) {
      boolean was = restored;
      restored = false;
      return was;
    }
  }

  private Map.@Nullable Entry<String, Long> take() {
    synchronized (lock) {
      return changed.pollFirstEntry();
    }
  }

  private MapView map() {
    MapView known = map;
    if (known == null) {
      throw new IllegalStateException("nobody has said whose files these are");
    }
    return known;
  }

  /** Notes every file, and removes what the map does not have. */
  private void compareAll() throws IOException {
    Set<String> known = new HashSet<>();
    for (String after = ""; after != null; ) {
      String from = after;
      var page = map().read(machine -> machine.files().list("", from, NAMES_A_PAGE));
      page.forEach(file -> known.add(file.name()));
      page.forEach(file -> note(file.name(), 0));
      after = page.size() < NAMES_A_PAGE ? null : page.getLast().name();
    }
    for (String name : folder.names()) {
      if (!known.contains(name)) {
        // Looked at again when its turn comes: it may be there by then.
        note(name, 0);
      }
    }
  }

  private void maybeBringUpToDate(String name, long from) throws IOException {
    try {
      // What stood there, or what was appended meanwhile, is not in the copy.
      bringUpToDate(name, refused.contains(name) ? 0 : from);
      refused.remove(name);
    } catch (RefusedEntryException e) {
      if (refused.add(name)) {
        LOGGER.warn(
            "file_copy_refused folder={} file={} reason=\"{}\": the file itself is unharmed;"
                + " remove what stands there, and the copy is made at the next append or start",
            path,
            name,
            e.getMessage());
      }
    }
  }

  private void bringUpToDate(String name, long from) throws IOException {
    if (map().read(machine -> machine.files().file(name)) == null) {
      folder.delete(name);
      return;
    }
    try (FileChannel channel = folder.open(name)) {
      long at = Math.min(from, channel.size());
      while (true) {
        Piece piece = pieceAt(name, at);
        if (piece.bytes().isEmpty()) {
          if (channel.size() > piece.length()) {
            channel.truncate(piece.length());
          }
          return;
        }
        CopyFolder.write(channel, at, piece.bytes().asReadOnlyByteBuffer());
        at += piece.bytes().size();
      }
    }
  }

  /** Bytes of a file at an offset, and its length at that moment; what comes later is noted. */
  private record Piece(long length, ByteString bytes) {}

  private Piece pieceAt(String name, long at) {
    return map()
        .read(
            machine -> {
              FileInfo file = machine.files().file(name);
              return file == null
                  ? new Piece(0, ByteString.EMPTY)
                  : new Piece(file.length(), machine.files().read(name, at, PIECE_BYTES));
            });
  }

  /** Waits until everything that was noted is written, or nothing will be any more. */
  void drain() throws InterruptedException {
    synchronized (lock) {
      while (!closed && (busy || hasWork())) {
        lock.wait();
      }
    }
  }

  /** Ends the thread; what is not written by then is at the next start. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    try {
      thread.join(CLOSE_PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
