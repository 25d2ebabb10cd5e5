package dev.holdfast.history.file;

import dev.holdfast.history.HistoryLine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Writes a history beside the work: {@link #write} puts a line into a bounded buffer and never
 * waits, a thread of its own writes it. What does not fit is dropped, and the file says at that
 * place how many lines are missing. Safe for use by many threads.
 *
 * <p>Whatever was taken in before is written by {@link #close}, and within a second even if nobody
 * closes it; a process that is killed loses at most that, from the end.
 */
public final class HistoryWriter implements AutoCloseable {
  /** Most lines in the buffer. */
  public static final int BUFFERED_MAX = 1 << 17;

  private static final int BATCH_MAX = 4_096;
  private static final long FLUSH_MILLIS = 500;

  private final Path file;
  private final int bufferedMax;
  private final Consumer<String> onTrouble;
  private final OutputStream out;
  private final LineEncoder encoder;
  private final Thread thread;
  private final Object lock = new Object();
  private final Queue<HistoryLine> buffer = new ArrayDeque<>();
  private long missingHere;
  private long dropped;
  private boolean closed;

  /** Belongs to the thread. */
  private long written;

  private volatile @Nullable IOException failure;

  private HistoryWriter(
      Path file, HistoryLine.Header header, int bufferedMax, Consumer<String> onTrouble)
      throws IOException {
    this.file = file;
    this.bufferedMax = bufferedMax;
    this.onTrouble = onTrouble;
    this.out = append(file);
    this.encoder = new LineEncoder(out);
    buffer.add(header);
    thread = new Thread(this::run, "holdfast-history-" + file.getFileName());
    thread.setDaemon(true);
  }

  /**
   * Begins a recording, behind what the file holds already.
   *
   * @param file is made if there is none, with its folder
   * @param recorder who records, for a person
   * @param onTrouble told in one sentence, once each, that lines had to be dropped and that the
   *     file cannot be written any more; by any thread, and must not wait
   * @throws IOException if the file cannot be opened for writing
   */
  public static HistoryWriter open(Path file, String recorder, Consumer<String> onTrouble)
      throws IOException {
    HistoryLine.Header header =
        new HistoryLine.Header(
            HistoryLine.Header.FORMAT,
            recorder,
            HostClock.name(),
            System.nanoTime(),
            System.currentTimeMillis());
    return open(file, header, BUFFERED_MAX, onTrouble);
  }

  static HistoryWriter open(
      Path file, HistoryLine.Header header, int bufferedMax, Consumer<String> onTrouble)
      throws IOException {
    HistoryWriter writer = new HistoryWriter(file, header, bufferedMax, onTrouble);
    writer.thread.start();
    return writer;
  }

  private static OutputStream append(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    boolean torn = Files.exists(file) && isTorn(file);
    OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (torn) {
      out.write('\n');
    }
    return out;
  }

  /** Whether a recorder was killed in the middle of the last line. */
  private static boolean isTorn(Path file) throws IOException {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
      long length = content.length();
      if (length == 0) {
        return false;
      }
      content.seek(length - 1);
      return content.read() != '\n';
    }
  }

  /** Takes in a line; drops it if the buffer is full or the file cannot be written. Never waits. */
  public void write(HistoryLine line) {
    boolean first;
    synchronized (lock) {
      if (closed) {
        return;
      }
      if (buffer.size() < bufferedMax) {
        if (missingHere > 0) {
          buffer.add(new HistoryLine.Dropped(missingHere));
          missingHere = 0;
        }
        buffer.add(line);
        if (buffer.size() >= BATCH_MAX) {
          lock.notifyAll();
        }
        return;
      }
      missingHere++;
      dropped++;
      first = dropped == 1;
    }
    if (first) {
      onTrouble.accept(
          "the history "
              + file
              + " is incomplete: lines come faster than they can be written, and some were dropped");
    }
  }

  /** How many lines wait to be written. */
  public int buffered() {
    synchronized (lock) {
      return buffer.size();
    }
  }

  /** How many lines were dropped so far. */
  public long dropped() {
    synchronized (lock) {
      return dropped;
    }
  }

  /**
   * Writes what was taken in, and the end. Waits for the disk. A second call has no effect.
   *
   * @throws IOException if not everything could be written
   */
  @Override
  public void close() throws IOException {
    synchronized (lock) {
      if (!closed && missingHere > 0) {
        buffer.add(new HistoryLine.Dropped(missingHere));
        missingHere = 0;
      }
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
    IOException failed = failure;
    if (failed != null) {
      throw new IOException("the history " + file + " is incomplete", failed);
    }
  }

  // The thread.

  private void run() {
    List<HistoryLine> batch = new ArrayList<>(BATCH_MAX);
    try (out) {
      while (take(batch)) {
        batch.forEach(encoder::write);
        written += batch.size();
        encoder.flush();
        batch.clear();
      }
      encoder.write(new HistoryLine.End(written, dropped()));
      encoder.finish();
    } catch (JacksonException | UncheckedIOException | IOException e) {
      fail(e);
    }
  }

  /** Fills a batch, waiting for half a second at most; false when everything has been written. */
  private boolean take(List<HistoryLine> batch) {
    synchronized (lock) {
      long untilNanos = System.nanoTime() + FLUSH_MILLIS * 1_000_000;
      while (!closed && buffer.size() < BATCH_MAX) {
        long leftMillis = (untilNanos - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          break;
        }
        try {
          lock.wait(leftMillis);
        } catch (InterruptedException e) {
          // Nobody interrupts this thread on purpose; what is buffered is written all the same.
          break;
        }
      }
      while (batch.size() < BATCH_MAX && !buffer.isEmpty()) {
        batch.add(buffer.remove());
      }
      return !batch.isEmpty() || !closed;
    }
  }

  private void fail(Exception cause) {
    failure = cause instanceof IOException io ? io : new IOException(cause);
    synchronized (lock) {
      closed = true;
      buffer.clear();
    }
    onTrouble.accept(
        "the history " + file + " cannot be written any more and ends here: " + cause.getMessage());
  }
}
