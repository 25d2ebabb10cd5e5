package dev.holdfast.cli.demo.fencing;

import dev.holdfast.fencing.StaleTokenException;
import java.io.IOException;

/** Where the balance of an account lies, and the gate for it, if there is one. For one thread. */
interface Account extends AutoCloseable {
  /** What lies there. */
  long balance() throws IOException;

  /**
   * Writes another balance, if the gate lets it.
   *
   * @param balance the new one
   * @param token under which it is written
   * @throws StaleTokenException the gate refused, and nothing was written
   */
  void write(long balance, long token)
      throws IOException, StaleTokenException, InterruptedException;

  @Override
  void close() throws IOException;
}
