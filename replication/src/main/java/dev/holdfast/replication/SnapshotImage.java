package dev.holdfast.replication;

import java.io.IOException;
import java.io.OutputStream;

/** A copy of a replica's state. Written and closed once, on a thread of the snapshot writer. */
public interface SnapshotImage extends AutoCloseable {
  /** Writes all of it; need not buffer or flush. */
  void writeTo(OutputStream out) throws IOException;

  /** About how many bytes it will write; for logs and progress only. */
  long sizeHint();

  /** Gives back what the copy holds. */
  @Override
  void close();
}
