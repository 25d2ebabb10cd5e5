package dev.holdfast.server.node;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.ClientFrame;
import dev.holdfast.protocol.v1.NodeFrame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a client, from its first frame to its end. For the doors it is only a handle, which
 * they make when a stream begins and give along with everything that arrives on it.
 */
public final class SessionStream {
  enum State {
    /** Nothing has arrived. */
    NEW,
    /** Its session is being opened. */
    OPENING,
    /** Its session is not in this node's map yet; a word of the leader will tell whether it is. */
    RESUMING,
    /** Speaks for its session. */
    ATTACHED,
    /** Says no more. */
    ENDED
  }

  final ClientConnection connection;
  final Deque<ClientFrame> held = new ArrayDeque<>();
  final Set<Long> renewals = new HashSet<>();
  State state = State.NEW;
  long sessionId;
  ByteString nonce = ByteString.EMPTY;
  ByteString secretHash = ByteString.EMPTY;

  /** This node's revision when the stream asked to open its session. */
  long openedAfterRevision;

  /** No other node can know a request that arrives on this stream for the first time. */
  boolean fresh;

  /** The highest number that a request on this stream had. */
  long highestSequence;

  boolean closing;
  @Nullable Acknowledged unsentAcknowledged;

  /** Frames consumed for which the client was not yet allowed another one. */
  int owedReads;

  private NodeFrame.@Nullable Builder frame;
  private boolean endAfterFrame;

  /** A stream on which nothing has arrived. */
  public SessionStream(ClientConnection connection) {
    this.connection = connection;
  }

  boolean isAttached() {
    return state == State.ATTACHED;
  }

  /** The frame that goes out after the events at hand. */
  NodeFrame.Builder frame() {
    if (frame == null) {
      frame = NodeFrame.newBuilder();
    }
    return frame;
  }

  boolean hasFrame() {
    return frame != null;
  }

  void endAfterFrame() {
    endAfterFrame = true;
    state = State.ENDED;
    held.clear();
  }

  void flush() {
    if (frame != null) {
      connection.send(frame.build());
      frame = null;
    }
    if (endAfterFrame) {
      endAfterFrame = false;
      connection.end();
    }
  }
}
