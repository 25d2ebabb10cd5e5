package dev.holdfast.client;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** From the node's news to a user's listener, while the user still waits for the answer. */
final class NewsOfQueue implements Consumer<dev.holdfast.protocol.v1.QueueNews> {
  private final LiveSession session;
  private final QueueListener listener;
  private final AtomicReference<CompletableFuture<?>> waitsFor = new AtomicReference<>();

  NewsOfQueue(LiveSession session, QueueListener listener) {
    this.session = session;
    this.listener = listener;
  }

  /** The listener hears nothing any more once this is done. */
  void whileWaitingFor(CompletableFuture<?> future) {
    waitsFor.set(future);
  }

  @Override
  public void accept(dev.holdfast.protocol.v1.QueueNews news) {
    if (news.getDeclined()) {
      return;
    }
    session.callback(
        () -> {
          CompletableFuture<?> future = waitsFor.get();
          if (future == null || !future.isDone()) {
            listener.onQueueNews(of(news));
          }
        });
  }

  private static QueueNews of(dev.holdfast.protocol.v1.QueueNews news) {
    return new QueueNews(
        news.getLock(),
        news.getPosition(),
        news.getQueueLength(),
        news.hasHolder() ? Outcomes.holder(news.getHolder()) : null,
        news.getHeldMillis(),
        news.getHolders(),
        news.hasEstimateMillis()
            ? OptionalLong.of(news.getEstimateMillis())
            : OptionalLong.empty());
  }
}
