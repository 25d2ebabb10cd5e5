package dev.holdfast.replication;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The state that the log drives; implemented by the user of this module.
 *
 * <p>All methods are called on one thread, the apply thread, in the order of the log; none may wait
 * for an answer of the log. An exception out of any of them is a bug: the node reports {@link
 * ExitCode#APPLY_FAILED} and applies nothing further.
 */
public interface Replica {
  /**
   * Applies a committed entry.
   *
   * @param index its place in the log; rises from call to call, with gaps where the engine keeps
   *     entries of its own
   * @param term the term in which it was appended
   * @param entry the bytes that were proposed; read-only, and valid during the call only
   */
  void apply(long index, long term, ByteBuffer entry);

  /** A cheap copy of the state as of the last applied entry; it is written on another thread. */
  SnapshotImage snapshot();

  /**
   * Replaces the whole state.
   *
   * @param content what a {@link SnapshotImage} wrote; its checksum has been verified
   * @throws IOException if the content cannot be read; the node then stops
   */
  void restore(InputStream content) throws IOException;

  /**
   * This node leads {@code term}, and every entry of earlier terms has been applied here. Called
   * again for the same term if a transfer of the leadership was begun and came to nothing.
   */
  void onLeadershipGained(long term);

  /** This node has stopped leading {@code term}, which it had gained. */
  void onLeadershipLost(long term);

  /**
   * The known leader changed.
   *
   * @param leader the leader, this node included, or null while none is known
   * @param term the term of that leader, or of the one that was lost
   */
  void onLeaderChanged(@Nullable NodeId leader, long term);
}
