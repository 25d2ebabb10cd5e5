package dev.holdfast.verification.system;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What may pass from one node to another. Safe for use by many threads. */
final class Direction {
  private static final long UNLIMITED = Long.MAX_VALUE;

  private long bytesLeft = UNLIMITED;
  private long delayNanos;

  synchronized void allow(long bytes) {
    bytesLeft = bytes;
    notifyAll();
  }

  synchronized boolean isUsedUp() {
    return bytesLeft == 0;
  }

  synchronized void delay(Duration delay) {
    delayNanos = delay.toNanos();
  }

  synchronized void heal() {
    delayNanos = 0;
    allow(UNLIMITED);
  }

  synchronized long delayNanos() {
    return delayNanos;
  }

  /** Waits for a time of {@link System#nanoTime}. */
  synchronized void awaitDue(long dueNanos) throws InterruptedException {
    long leftNanos = dueNanos - System.nanoTime();
    while (leftNanos > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
      leftNanos = dueNanos - System.nanoTime();
    }
  }

  /** Waits until something may pass. */
  synchronized void awaitOpen() throws InterruptedException {
    while (bytesLeft == 0) {
      wait();
    }
  }

  /** Waits until something may pass, and takes as much of what is wanted. */
  synchronized int take(int wanted) throws InterruptedException {
    awaitOpen();
    if (bytesLeft == UNLIMITED) {
      return wanted;
    }
    int taken = (int) Math.min(wanted, bytesLeft);
    bytesLeft -= taken;
    return taken;
  }
}
