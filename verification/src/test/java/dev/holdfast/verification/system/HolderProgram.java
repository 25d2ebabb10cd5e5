package dev.holdfast.verification.system;

import dev.holdfast.client.DistributedLock;
import dev.holdfast.client.Holdfast;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A client to be killed: takes a lock, says so, and keeps it. */
public final class HolderProgram {
  static final String HOLDS = "holds it with token ";

  private HolderProgram() {}

  /**
   * Runs until it is killed.
   *
   * @param args endpoints, the lock's name, the session's TTL in milliseconds
   */
  public static void main(String[] args) throws InterruptedException {
    Duration ttl = Duration.ofMillis(Long.parseLong(args[2]));
    try (Holdfast holdfast = Holdfast.builder().endpoints(args[0]).sessionTtl(ttl).connect()) {
      DistributedLock lock = holdfast.lock(args[1]);
      lock.lock();
      System.out.println(HOLDS + lock.fencingToken());
      new CountDownLatch(1).await();
    }
  }
}
