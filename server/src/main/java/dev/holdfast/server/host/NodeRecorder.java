package dev.holdfast.server.host;

import dev.holdfast.history.NodeLine;
import dev.holdfast.history.file.HistoryWriter;
import dev.holdfast.replication.NodeId;
import dev.holdfast.server.node.AppliedEntry;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what a node applies, for {@code holdfast verify}. Stands between the apply thread and the
 * node; writes on a thread of its own, never waits for it, and rather leaves lines out, which the
 * file then says.
 */
public final class NodeRecorder implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(NodeRecorder.class);

  private final Path file;
  private final String node;
  private final NodeHistory history;
  private @Nullable HistoryWriter writer;
  private long revision;
  private long clockMillis;

  /** A recorder that has not opened its file. */
  public NodeRecorder(Path file, NodeId node) {
    this.file = file;
    this.node = node.value();
    this.history = new NodeHistory(node.value());
  }

  /**
   * Begins the recording, behind what the file holds already. Before anything is applied.
   *
   * @throws IOException if the file cannot be written
   */
  public synchronized void open() throws IOException {
    writer = HistoryWriter.open(file, node, trouble -> LOGGER.warn("history {}", trouble));
    write(new NodeLine.Began(node, 0, 0, System.nanoTime()));
  }

  private void write(NodeLine line) {
    HistoryWriter opened = writer;
    if (opened != null) {
      opened.write(line);
    }
  }

  /** The same events, recorded before they are handed on. */
  NodeEvents recording(NodeEvents events) {
    return new Recording(events);
  }

  /** Writes what was recorded, and how far it goes. Nothing may be applied any more. */
  @Override
  public void close() {
    HistoryWriter opened;
    synchronized (this) {
      write(new NodeLine.Reached(node, revision, clockMillis, System.nanoTime()));
      opened = writer;
    }
    if (opened == null) {
      return;
    }
    try {
      opened.close();
    } catch (IOException e) {
      LOGGER.warn("history: the recording is incomplete", e);
    }
  }

  private synchronized void applied(AppliedEntry entry) {
    // Before anybody is answered: a client's time of the answer is later than this.
    long atNanos = System.nanoTime();
    history.linesOf(entry.applied(), revision, atNanos).forEach(this::write);
    revision = entry.applied().revision();
    clockMillis = entry.applied().clockMillis();
  }

  private synchronized void restored(long toRevision, long atClockMillis) {
    revision = toRevision;
    clockMillis = atClockMillis;
    write(new NodeLine.Began(node, revision, clockMillis, System.nanoTime()));
  }

  private synchronized void leads(@Nullable NodeId leader, long term) {
    write(
        new NodeLine.LeaderChanged(
            node, System.nanoTime(), leader == null ? "" : leader.value(), term));
  }

  private final class Recording implements NodeEvents {
    private final NodeEvents events;

    Recording(NodeEvents events) {
      this.events = events;
    }

    @Override
    public void onApplied(AppliedEntry entry, Runnable taken) {
      applied(entry);
      events.onApplied(entry, taken);
    }

    @Override
    public void onRestored(long toRevision, long atClockMillis, long nextDeadlineMillis) {
      restored(toRevision, atClockMillis);
      events.onRestored(toRevision, atClockMillis, nextDeadlineMillis);
    }

    @Override
    public void beforeSnapshot() {
      events.beforeSnapshot();
    }

    @Override
    public void onLeadershipGained(long term) {
      leads(new NodeId(node), term);
      events.onLeadershipGained(term);
    }

    @Override
    public void onLeadershipLost(long term) {
      events.onLeadershipLost(term);
    }

    @Override
    public void onLeaderChanged(@Nullable NodeId leader, long term) {
      leads(leader, term);
      events.onLeaderChanged(leader, term);
    }
  }
}
