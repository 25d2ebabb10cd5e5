package dev.holdfast.cli.ledger;

import dev.holdfast.fencing.FileFencingGate;
import dev.holdfast.fencing.StaleTokenException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of bookings that only grows, behind a gate that admits no token smaller than it has seen.
 * Any number of processes may have it open. Safe for use by many threads.
 */
public final class Ledger implements AutoCloseable {
  private static final String RESOURCE = "ledger";
  private static final int LINE_BYTES_MAX = 256;

  private final Path file;
  private final FileFencingGate gate;

  private Ledger(Path file, FileFencingGate gate) {
    this.file = file;
    this.gate = gate;
  }

  /**
   * Opens the ledger in a folder; makes an empty one if there is none.
   *
   * @param folder exists
   * @throws IOException it cannot be opened
   */
  public static Ledger open(Path folder) throws IOException {
    return new Ledger(
        folder.resolve("ledger.txt"), FileFencingGate.openOrCreate(folder.resolve("ledger.gate")));
  }

  /** Where the bookings are. */
  public Path file() {
    return file;
  }

  /**
   * Writes a booking under a token: reads the last balance and appends a line with the new one.
   * Without a lock two writers could read the same balance; without a gate a holder that was
   * declared lost could write after its successor.
   *
   * @param token the fencing token of the lock that the writer holds, or believes to hold
   * @param id which booking
   * @param amount what is booked
   * @return what was written
   * @throws StaleTokenException a larger token has been seen; nothing was written
   * @throws IOException it is not known whether it was written
   * @throws InterruptedException interrupted before anything was written
   */
  public Booking book(long token, Booking.Id id, long amount)
      throws StaleTokenException, IOException, InterruptedException {
    return gate.write(RESOURCE, token, () -> append(token, id, amount));
  }

  /**
   * The whole text.
   *
   * @throws IOException it cannot be read
   */
  public String text() throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }

  @Override
  public void close() {
    gate.close();
  }

  private Booking append(long token, Booking.Id id, long amount) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Booking booking =
          new Booking(token, id.writer(), id.number(), amount, lastBalance(channel) + amount);
      ByteBuffer line = StandardCharsets.UTF_8.encode(booking.line() + "\n");
      long at = channel.size();
      while (line.hasRemaining()) {
        at += channel.write(line, at);
      }
      return booking;
    }
  }

  private static long lastBalance(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size == 0) {
      return 0;
    }
    ByteBuffer tail = ByteBuffer.allocate((int) Math.min(size, LINE_BYTES_MAX));
    long from = size - tail.capacity();
    while (tail.hasRemaining() && channel.read(tail, from + tail.position()) > 0) {}
    String text = StandardCharsets.UTF_8.decode(tail.flip()).toString().stripTrailing();
    return Booking.parse(text.substring(text.lastIndexOf('\n') + 1)).balance();
  }
}
