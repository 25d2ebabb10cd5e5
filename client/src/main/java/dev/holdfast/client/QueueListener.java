package dev.holdfast.client;

/** Told where a request stands while it waits. */
@FunctionalInterface
public interface QueueListener {
  /**
   * Called on the callback executor when something has changed: at once for the first places of a
   * queue, at most once a second for those farther behind, and not for every change if there are
   * very many. After a change of the connection it is told again where it stands. Nothing is told
   * once the request's future is complete, but the last news may come just after that.
   */
  void onQueueNews(QueueNews news);
}
