package dev.holdfast.replication.jraft;

import dev.holdfast.replication.NodeId;
import dev.holdfast.replication.Replica;
import dev.holdfast.replication.SnapshotImage;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Keeps every entry as a text, and what it was told about leaders. */
final class RecordingReplica implements Replica {
  private final List<String> entries = new ArrayList<>();
  private final List<String> leaders = new ArrayList<>();
  private long lastIndex;
  private long gainedTerm;
  private volatile @Nullable RuntimeException failure;
  private volatile @Nullable Error snapshotFailure;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  @Override
  public void apply(long index, long term, ByteBuffer entry) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while held", e);
    }
    note(index, entry);
  }

  /** From now on nothing is applied; whoever applies waits. */
  void holdEntries() {
    gate = new CountDownLatch(1);
  }

  void letEntriesPass() {
    gate.countDown();
  }

  private synchronized void note(long index, ByteBuffer entry) {
    RuntimeException toThrow = failure;
    if (toThrow != null) {
      throw toThrow;
    }
    if (index <= lastIndex) {
      throw new IllegalStateException("entry " + index + " after " + lastIndex);
    }
    lastIndex = index;
    byte[] bytes = new byte[entry.remaining()];
    entry.get(bytes);
    entries.add(new String(bytes, StandardCharsets.UTF_8));
  }

  void failAtNextEntry(RuntimeException toThrow) {
    failure = toThrow;
  }

  void failInSnapshots(Error toThrow) {
    snapshotFailure = toThrow;
  }

  @Override
  public synchronized SnapshotImage snapshot() {
    List<String> copy = List.copyOf(entries);
    Error toThrow = snapshotFailure;
    return new SnapshotImage() {
      @Override
      public void writeTo(OutputStream out) throws IOException {
        if (toThrow != null) {
          throw toThrow;
        }
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(copy.size());
        for (String entry : copy) {
          data.writeUTF(entry);
        }
        data.flush();
      }

      @Override
      public long sizeHint() {
        return copy.size();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public synchronized void restore(InputStream content) throws IOException {
    DataInputStream data = new DataInputStream(content);
    entries.clear();
    int count = data.readInt();
    for (int i = 0; i < count; i++) {
      entries.add(data.readUTF());
    }
  }

  @Override
  public synchronized void onLeadershipGained(long term) {
    gainedTerm = term;
    leaders.add("gained " + term);
  }

  @Override
  public synchronized void onLeadershipLost(long term) {
    gainedTerm = 0;
    leaders.add("lost " + term);
  }

  @Override
  public synchronized void onLeaderChanged(@Nullable NodeId leader, long term) {
    leaders.add("leader " + leader + " " + term);
  }

  synchronized List<String> entries() {
    return List.copyOf(entries);
  }

  synchronized List<String> leaders() {
    return List.copyOf(leaders);
  }

  /** The term that this node leads, or 0. */
  synchronized long gainedTerm() {
    return gainedTerm;
  }
}
