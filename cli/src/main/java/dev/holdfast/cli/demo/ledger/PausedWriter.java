package dev.holdfast.cli.demo.ledger;

import dev.holdfast.cli.demo.Actor;
import dev.holdfast.cli.demo.Part;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.ledger.Booking;
import dev.holdfast.cli.ledger.Ledger;
import dev.holdfast.client.LockGrant;
import dev.holdfast.fencing.StaleTokenException;
import java.io.IOException;
import java.time.Duration;

/** A writer in a process of its own, which can be stopped where it stands. For one thread. */
final class PausedWriter implements AutoCloseable {
  static final String NAME = "dave";

  private final Actor actor;

  PausedWriter(Stage stage, Duration ttl) {
    actor = stage.actor(NAME, ttl);
  }

  long pid() {
    return actor.pid();
  }

  /** Waits until it has the lock and has booked once. */
  long awaitToken() throws InterruptedException {
    return Long.parseLong(actor.answer("holding"));
  }

  /** Stops it where it stands. */
  void pause() throws InterruptedException {
    actor.pause();
  }

  /** Lets it go on. */
  void resume() throws InterruptedException {
    actor.resume();
  }

  /** What its client library now says about the lock. */
  boolean isHeld() throws InterruptedException {
    actor.order("held?");
    return Boolean.parseBoolean(actor.answer("held"));
  }

  /**
   * Makes it book under its old token without looking whether it still holds the lock; what the
   * gate says.
   */
  String bookRegardless() throws InterruptedException {
    actor.order("book");
    return actor.answer("gate");
  }

  @Override
  public void close() {
    actor.close();
  }

  /** What happens in that process. */
  static void act(Part part) throws IOException, InterruptedException {
    try (Ledger ledger = Ledger.open(part.folder());
        Writer writer = new Writer(NAME, part.endpoints(), part.ttl(), ledger)) {
      LockGrant grant = Writer.granted(writer.acquire());
      long token = grant.token().value();
      writer.book(token);
      part.tell("holding " + token);
      String order;
      while ((order = part.order()) != null) {
        switch (order) {
          case "held?" -> part.tell("held " + grant.isHeld());
          case "book" -> part.tell("gate " + bookRegardless(writer, token));
          default -> part.tell("unknown " + order);
        }
      }
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
}
