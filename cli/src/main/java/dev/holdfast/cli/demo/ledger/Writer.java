package dev.holdfast.cli.demo.ledger;

import dev.holdfast.cli.demo.DemoFailedException;
import dev.holdfast.cli.demo.Stage;
import dev.holdfast.cli.ledger.Booking;
import dev.holdfast.cli.ledger.Ledger;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Holdfast;
import dev.holdfast.client.LockGrant;
import dev.holdfast.client.Mode;
import dev.holdfast.fencing.StaleTokenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Somebody who books in the shared ledger, always under the one lock: a client with a session of
 * its own. Remembers what was acknowledged.
 */
final class Writer implements AutoCloseable {
  static final String LOCK = "demo/ledger";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final String name;
  private final Holdfast client;
  private final Ledger ledger;
  private final AtomicInteger lastNumber = new AtomicInteger();
  private final Set<Booking.Id> acknowledged = new ConcurrentSkipListSet<>();

  Writer(String name, String endpoints, Duration ttl, Ledger ledger) {
    this.name = name;
    this.ledger = ledger;
    this.client =
        Holdfast.builder()
            .endpoints(endpoints)
            .endpointsInOrder()
            .sessionTtl(ttl)
            .label(name)
            .openTimeout(Stage.START_PATIENCE)
            .connect();
  }

  /**
   * Goes to the cluster and back once, so that the first step that is timed is not the first one of
   * all.
   */
  void warmUp() throws InterruptedException {
    granted(client.async().acquire(AcquireRequest.of("demo/warm-up-" + name, Mode.X))).release();
  }

  String name() {
    return name;
  }

  /** The node that it talks to. */
  String node() {
    return client.session().node().orElse("none");
  }

  Set<Booking.Id> acknowledged() {
    return acknowledged;
  }

  /** Acquires the lock, books, releases: again and again. */
  void bookInTurn(int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      LockGrant grant = granted(acquire());
      try {
        book(grant.token().value());
      } catch (StaleTokenException e) {
        throw new DemoFailedException(
            "the gate admits " + name + ", who holds the lock: " + e.getMessage());
      } finally {
        grant.release();
      }
    }
  }

  /** Queues for the lock. */
  CompletableFuture<LockGrant> acquire() {
    return client.async().acquire(AcquireRequest.of(LOCK, Mode.X).owner(name));
  }

  /** Waits until it is granted; a demonstration waits for nothing longer than a little while. */
  static LockGrant granted(CompletableFuture<LockGrant> acquiring) throws InterruptedException {
    try {
      return acquiring.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new DemoFailedException("the lock is granted within " + PATIENCE.toSeconds() + " s");
    }
  }

  /** Books one more, under a token that is or was this writer's. */
  Booking book(long token) throws StaleTokenException, InterruptedException {
    Booking.Id id = new Booking.Id(name, lastNumber.incrementAndGet());
    try {
      Booking booking = ledger.book(token, id, 1 + id.number() % 9);
      acknowledged.add(id);
      return booking;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
