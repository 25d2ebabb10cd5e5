package dev.holdfast.server.door.tcp;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The requests of one connection: done one after the other and answered in their order, however
 * they arrive. While many wait, nothing more is read. When the client will send no more, the
 * connection is closed after the last answer.
 */
public final class RequestLine<R> {
  /** Most requests of a connection that wait before it is not read any further. */
  static final int WAITING_MAX = 64;

  /** Does one request. */
  @FunctionalInterface
  public interface Handler<R> {
    /**
     * Does a request and answers it.
     *
     * @param done to be run once, when it is answered
     */
    void handle(R request, Runnable done);
  }

  private final Link link;
  private final Handler<R> handler;
  private final Runnable onEnd;
  private final Deque<R> waiting = new ArrayDeque<>();
  private boolean busy;
  private boolean working;
  private boolean paused;
  private boolean inputEnded;
  private boolean closed;
  private boolean ended;

  /**
   * A line in which nothing waits.
   *
   * @param onEnd run once, after the connection is closed and nothing is being done any more
   */
  public RequestLine(Link link, Handler<R> handler, Runnable onEnd) {
    this.link = link;
    this.handler = handler;
    this.onEnd = onEnd;
  }

  /** A request has arrived. */
  public void add(R request) {
    if (closed || inputEnded) {
      return;
    }
    link.requested();
    waiting.add(request);
    if (!paused && waiting.size() >= WAITING_MAX) {
      paused = true;
      link.read(false);
    }
    work();
  }

  /** No more requests arrive, or are wanted. */
  public void endInput() {
    inputEnded = true;
    work();
  }

  /** The connection is gone: what waits is not done any more. */
  public void close() {
    closed = true;
    waiting.clear();
    work();
  }

  private void work() {
    if (working) {
      return;
    }
    working = true;
    while (!busy && !waiting.isEmpty()) {
      busy = true;
      handler.handle(waiting.remove(), this::onDone);
    }
    working = false;
    if (paused && waiting.size() < WAITING_MAX / 2) {
      paused = false;
      link.read(true);
    }
    if (busy || ended) {
      return;
    }
    if (closed) {
      ended = true;
      onEnd.run();
    } else if (inputEnded) {
      link.close();
    }
  }

  private void onDone() {
    busy = false;
    work();
  }
}
