package dev.holdfast.replication.peer;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Tells a process apart from every other that runs under the same node id. Drawn at its start and
 * kept nowhere: a copy of a disk must not carry it along.
 *
 * @param value not 0, which on the wire stands for a release that has no such number
 */
public record ProcessNumber(long value) {
  public ProcessNumber {
    if (value == 0) {
      throw new IllegalArgumentException("0 is no process number");
    }
  }

  /** A number that no other process has, as far as 64 random bits can tell. */
  public static ProcessNumber draw(RandomGenerator random) {
    long drawn;
    do {
      drawn = random.nextLong();
    } while (drawn == 0);
    return new ProcessNumber(drawn);
  }

  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(value);
  }
}
