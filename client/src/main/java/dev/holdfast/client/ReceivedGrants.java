package dev.holdfast.client;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Grants that were handed over to a session, and those who wait for them, by owner key. Each grant
 * goes to one of them.
 */
final class ReceivedGrants {
  private final Map<String, Queue<LockGrant>> arrived = new HashMap<>();
  private final Map<String, Queue<CompletableFuture<LockGrant>>> awaited = new HashMap<>();
  private @Nullable String over;

  /** The first grant for an owner that nobody has yet, now or later. */
  CompletableFuture<LockGrant> next(String owner) {
    CompletableFuture<LockGrant> future = new CompletableFuture<>();
    LockGrant here;
    synchronized (this) {
      Queue<LockGrant> waiting = arrived.get(owner);
      here = waiting == null ? null : waiting.poll();
      if (waiting != null && waiting.isEmpty()) {
        arrived.remove(owner);
      }
      if (here == null && over == null) {
        awaited.computeIfAbsent(owner, key -> new ArrayDeque<>()).add(future);
        var unused = future.whenComplete((grant, failure) -> forgetDone(owner));
        return future;
      }
    }
    if (here != null) {
      future.complete(here);
    } else {
      future.completeExceptionally(new SessionExpiredException("the session is over: " + over));
    }
    return future;
  }

  /** Those whose users have left: whoever asks again and again leaves nothing. */
  private synchronized void forgetDone(String owner) {
    Queue<CompletableFuture<LockGrant>> waiting = awaited.get(owner);
    if (waiting != null && waiting.removeIf(CompletableFuture::isDone) && waiting.isEmpty()) {
      awaited.remove(owner);
    }
  }

  /** Gives a grant to the first who still waits for one, or keeps it. */
  void arrived(LockGrant grant) {
    while (true) {
      CompletableFuture<LockGrant> first;
      synchronized (this) {
        Queue<CompletableFuture<LockGrant>> waiting = awaited.get(grant.owner());
        first = waiting == null ? null : waiting.poll();
        if (first == null) {
          awaited.remove(grant.owner());
          arrived.computeIfAbsent(grant.owner(), key -> new ArrayDeque<>()).add(grant);
          return;
        }
      }
      if (first.complete(grant)) {
        return;
      }
    }
  }

  /** Nothing more will come. */
  void end(String why) {
    Map<String, Queue<CompletableFuture<LockGrant>>> left;
    synchronized (this) {
      over = why;
      left = new HashMap<>(awaited);
      awaited.clear();
    }
    left.values()
        .forEach(
            waiting ->
                waiting.forEach(
                    future -> future.completeExceptionally(new SessionExpiredException(why))));
  }
}
