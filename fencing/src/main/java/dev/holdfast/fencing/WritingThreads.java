package dev.holdfast.fencing;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads that are inside a gate. A guarded write that used the gate again could wait for
 * itself, or for a write that waits for it, so it is refused instead.
 */
final class WritingThreads {
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  void enter() {
    if (!threads.add(Thread.currentThread())) {
      throw new IllegalStateException(
          "a guarded write must not use the gate that guards it; admit the other resource before or after it");
    }
  }

  void leave() {
    threads.remove(Thread.currentThread());
  }
}
