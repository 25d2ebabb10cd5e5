package dev.holdfast.cli.demo;

import dev.holdfast.cli.ledger.Booking;
import dev.holdfast.cli.ledger.Ledger;
import dev.holdfast.client.LockGrant;
import dev.holdfast.fencing.StaleTokenException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The process behind {@link PausedWriter}. Ends with its stdin, so it never outlives the
 * demonstration for long.
 */
@Command(
    name = PausedWriterMain.COMMAND,
    hidden = true,
    description = "A part of the demonstration.")
public final class PausedWriterMain implements Callable<Integer> {
  static final String COMMAND = "demo-paused-writer";

  private final BufferedReader orders;
  private final PrintWriter answers;

  @Parameters(index = "0")
  private String endpoints = "";

  @Parameters(index = "1")
  private long ttlMillis;

  @Parameters(index = "2")
  private Path folder = Path.of("");

  /**
   * Not yet running.
   *
   * @param orders one order a line
   * @param answers one answer a line
   */
  public PausedWriterMain(BufferedReader orders, PrintWriter answers) {
    this.orders = orders;
    this.answers = answers;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (Ledger ledger = Ledger.open(folder);
        Writer writer =
            new Writer(PausedWriter.NAME, endpoints, Duration.ofMillis(ttlMillis), ledger)) {
      LockGrant grant = Writer.granted(writer.acquire());
      long token = grant.token().value();
      writer.book(token);
      answer("holding " + token);
      String order;
      while ((order = orders.readLine()) != null) {
        switch (order) {
          case "held?" -> answer("held " + grant.isHeld());
          case "book" -> answer("gate " + bookRegardless(writer, token));
          default -> answer("unknown " + order);
        }
      }
      return 0;
    } catch (StaleTokenException e) {
      throw new IllegalStateException("a fresh token was refused", e);
    }
  }

  private static String bookRegardless(Writer writer, long token) throws InterruptedException {
    try {
      Booking booking = writer.book(token);
      return "admitted " + booking.line();
    } catch (StaleTokenException e) {
      return "refused " + e.token() + " because " + e.highestToken();
    }
  }

  private void answer(String line) {
    answers.println(line);
    answers.flush();
  }
}
