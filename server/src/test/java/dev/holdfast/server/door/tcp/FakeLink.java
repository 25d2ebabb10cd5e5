package dev.holdfast.server.door.tcp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a connection did to its client. */
public final class FakeLink implements Link {
  private final String peer;
  private final List<String> sent = new ArrayList<>();
  private boolean closed;
  private boolean reading = true;
  private int requests;

  /** A client at {@code ip:port}. */
  public FakeLink(String peer) {
    this.peer = peer;
  }

  @Override
  public void send(byte[] bytes) {
    if (closed) {
      throw new IllegalStateException("sent after the end");
    }
    sent.add(new String(bytes, StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public void read(boolean more) {
    reading = more;
  }

  @Override
  public void requested() {
    requests++;
  }

  @Override
  public String peer() {
    return peer;
  }

  /** What was sent since the last call, one text for each sending. */
  public List<String> take() {
    List<String> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }

  /** How many whole requests have arrived. */
  public int requests() {
    return requests;
  }

  public boolean isClosed() {
    return closed;
  }

  public boolean isReading() {
    return reading;
  }
}
