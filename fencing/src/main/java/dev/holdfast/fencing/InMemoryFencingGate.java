package dev.holdfast.fencing;

import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A gate that remembers for as long as it lives, for resources that live no longer: a cache, a
 * connection, a device owned by this process. After a restart it would admit stale tokens; what
 * outlives the process needs {@link FileFencingGate} or a gate at the resource itself.
 *
 * <p>Keeps an entry for each resource ever seen and never forgets one, since forgetting would admit
 * stale tokens: about a hundred bytes and the name.
 *
 * <p>Writes to different resources run at the same time. Waiting threads get their turn in order of
 * arrival. This gate is never {@linkplain GateUnavailableException unavailable}.
 */
public final class InMemoryFencingGate implements FencingGate {
  private final ConcurrentMap<String, Turnstile> turnstiles = new ConcurrentHashMap<>();
  private final WritingThreads writingThreads = new WritingThreads();

  /** A gate that has seen no token yet. */
  public InMemoryFencingGate() {}

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
    writingThreads.enter();
    try {
      Turnstile turnstile = turnstiles.computeIfAbsent(resource, name -> new Turnstile());
      turnstile.lock.lockInterruptibly();
      try {
        turnstile.raise(resource, token);
        return write.run();
      } finally {
        turnstile.lock.unlock();
      }
    } finally {
      writingThreads.leave();
    }
  }

  @Override
  public OptionalLong highestToken(String resource) {
    GateArguments.requireResource(resource);
    Turnstile turnstile = turnstiles.get(resource);
    long highest = turnstile == null ? 0 : turnstile.highestToken;
    return highest == 0 ? OptionalLong.empty() : OptionalLong.of(highest);
  }

  /** What a resource's writers pass one at a time. */
  private static final class Turnstile {
    final ReentrantLock lock = new ReentrantLock(true);

    /** 0 until a token has been seen; written under the lock, read without. */
    volatile long highestToken;

    void raise(String resource, long token) throws StaleTokenException {
      if (token < highestToken) {
        throw new StaleTokenException(resource, token, highestToken);
      }
      highestToken = token;
    }
  }
}
