package dev.holdfast.cli.demo.fencing;

import dev.holdfast.fencing.FencingGate;
import dev.holdfast.fencing.FileFencingGate;
import dev.holdfast.fencing.InMemoryFencingGate;
import dev.holdfast.fencing.StaleTokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A balance in memory or in a file, and a gate of that kind before it. */
final class SimpleAccount implements Account {
  private static final String RESOURCE = "account";

  private final Place place;
  private final @Nullable FencingGate gate;

  /** What holds one number. */
  private interface Place {
    long read() throws IOException;

    void write(long balance) throws IOException;
  }

  private SimpleAccount(Place place, @Nullable FencingGate gate) {
    this.place = place;
    this.gate = gate;
  }

  /** In memory. */
  static SimpleAccount inMemory(boolean gated) {
    return new SimpleAccount(
        new Place() {
          private long balance = FencingDemo.BEGIN;

          @Override
          public long read() {
            return balance;
          }

          @Override
          public void write(long balance) {
            this.balance = balance;
          }
        },
        gated ? new InMemoryFencingGate() : null);
  }

  /**
   * In a file.
   *
   * @param folder for the file, and the gate's
   */
  static SimpleAccount inFile(Path folder, boolean gated) throws IOException {
    Path file = folder.resolve("account.txt");
    Files.writeString(file, Long.toString(FencingDemo.BEGIN));
    return new SimpleAccount(
        new Place() {
          @Override
          public long read() throws IOException {
            return Long.parseLong(Files.readString(file));
          }

          @Override
          public void write(long balance) throws IOException {
            Files.writeString(file, Long.toString(balance));
          }
        },
        gated ? FileFencingGate.create(folder.resolve("account.gate")) : null);
  }

  @Override
  public long balance() throws IOException {
    return place.read();
  }

  @Override
  public void write(long balance, long token)
      throws IOException, StaleTokenException, InterruptedException {
    if (gate == null) {
      place.write(balance);
      return;
    }
    gate.<Long, IOException>write(
        RESOURCE,
        token,
        () -> {
          place.write(balance);
          return balance;
        });
  }

  @Override
  public void close() {
    if (gate instanceof FileFencingGate open) {
      open.close();
    }
  }
}
