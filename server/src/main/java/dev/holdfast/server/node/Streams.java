package dev.holdfast.server.node;

import com.google.protobuf.ByteString;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams of this node by what they speak for. What is to be said on them is gathered and goes
 * out in one frame each.
 */
final class Streams {
  private final PendingAnswers pending;
  private final int pendingMax;
  private final Map<Long, SessionStream> attached = new HashMap<>();
  private final Map<ByteString, SessionStream> opening = new HashMap<>();
  private final Set<SessionStream> open = new HashSet<>();
  private final List<SessionStream> toFlush = new ArrayList<>();

  /**
   * @param pendingMax how many numbers of a session may be without a final answer before its stream
   *     is read no further
   */
  Streams(PendingAnswers pending, int pendingMax) {
    this.pending = pending;
    this.pendingMax = pendingMax;
  }

  void opened(SessionStream stream) {
    open.add(stream);
  }

  /** How many streams have, or ask for, a session. */
  int count() {
    return open.size();
  }

  int attachedCount() {
    return attached.size();
  }

  @Nullable SessionStream attachedTo(long sessionId) {
    return attached.get(sessionId);
  }

  /** In the order of session numbers. */
  List<SessionStream> allAttached() {
    return new ArrayList<>(new TreeMap<>(attached).values());
  }

  List<SessionStream> allOpening() {
    return new ArrayList<>(opening.values());
  }

  void addOpening(SessionStream stream) {
    SessionStream older = opening.put(stream.nonce, stream);
    if (older != null) {
      supersede(older);
    }
  }

  boolean isAnyOpening() {
    return !opening.isEmpty();
  }

  @Nullable SessionStream takeOpening(ByteString nonce) {
    return opening.remove(nonce);
  }

  void attach(SessionStream stream, long sessionId) {
    SessionStream older = attached.put(sessionId, stream);
    pending.forget(sessionId);
    if (older != null) {
      supersede(older);
    }
    stream.sessionId = sessionId;
    stream.state = SessionStream.State.ATTACHED;
  }

  private void supersede(SessionStream older) {
    older.flush();
    older.state = SessionStream.State.ENDED;
    older.held.clear();
    open.remove(older);
    older.connection.endSuperseded(
        "another stream of this session was opened at this node; the newest one is served");
  }

  /** The frame to say something in. */
  NodeFrame.Builder frame(SessionStream stream) {
    if (!stream.hasFrame()) {
      toFlush.add(stream);
    }
    return stream.frame();
  }

  /** The last words on a stream. */
  void refuse(SessionStream stream, Refused refused) {
    frame(stream).setRefused(refused);
    end(stream);
  }

  /** Ends a stream after what is still to be said on it. */
  void end(SessionStream stream) {
    frame(stream);
    detach(stream);
    stream.endAfterFrame();
  }

  /** The connection is gone. */
  void gone(SessionStream stream) {
    detach(stream);
    stream.state = SessionStream.State.ENDED;
    stream.held.clear();
  }

  private void detach(SessionStream stream) {
    open.remove(stream);
    if (opening.get(stream.nonce) == stream) {
      opening.remove(stream.nonce);
    }
    if (stream.sessionId != 0 && attached.get(stream.sessionId) == stream) {
      attached.remove(stream.sessionId);
      pending.forget(stream.sessionId);
    }
  }

  /** A frame was taken in: the client may send another, unless too much is without an answer. */
  void consumed(SessionStream stream) {
    stream.owedReads++;
    payOwedReads(stream);
  }

  private void payOwedReads(SessionStream stream) {
    if (stream.isAttached()
        && pending.count(stream.sessionId) + stream.renewals.size() >= pendingMax) {
      return;
    }
    for (; stream.owedReads > 0; stream.owedReads--) {
      stream.connection.readOneMore();
    }
  }

  void flush() {
    for (SessionStream stream : toFlush) {
      if (stream.owedReads > 0) {
        payOwedReads(stream);
      }
      stream.flush();
    }
    toFlush.clear();
  }
}
