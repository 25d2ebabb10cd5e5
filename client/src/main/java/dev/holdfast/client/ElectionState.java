package dev.holdfast.client;

import dev.holdfast.client.LockEvent.End;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who leads, followed from a look at the present state through the events after it. */
final class ElectionState {
  private final String lock;
  private long revision;
  private @Nullable Leader leader;

  /**
   * The grant whose end was told, and whose place another one takes in the same step; 0 if none.
   */
  private long replacedToken;

  ElectionState(String lock) {
    this.lock = lock;
  }

  Optional<Leader> leader() {
    return Optional.ofNullable(leader);
  }

  /**
   * Somebody has looked; what happened up to that revision is in it.
   *
   * @return whether it is another state than before
   */
  boolean looked(@Nullable Leader now, long atRevision) {
    revision = atRevision;
    return become(now);
  }

  /** Something happened; tells whether that has changed the state. */
  boolean happened(LockEvent event) {
    if (event.revision() <= revision) {
      return false;
    }
    if (event instanceof LockEvent.Granted it) {
      return granted(it);
    } else if (event instanceof LockEvent.Released it) {
      return released(it);
    } else if (event instanceof LockEvent.Converted it) {
      return converted(it);
    } else if (event instanceof LockEvent.ValueChanged it) {
      return valueChanged(it);
    }
    return false;
  }

  private boolean granted(LockEvent.Granted it) {
    if (it.parts().stream().anyMatch(this::leads)) {
      replacedToken = 0;
      return become(
          new Leader(
              new FencingToken(it.token()), new SessionId(it.sessionId()), it.owner(), null));
    }
    // The leader's own grant is one that does not lead any more.
    boolean stepsDown = it.replacedToken() != 0 && it.replacedToken() == replacedToken;
    replacedToken = stepsDown ? 0 : replacedToken;
    return stepsDown;
  }

  private boolean leads(LockEvent.Part part) {
    return part.lock().equals(lock) && part.mode() == Mode.X;
  }

  private boolean released(LockEvent.Released it) {
    boolean replaced =
        it.end() == End.EXTENDED || it.end() == End.CONVERTED || it.end() == End.HANDED_OVER;
    if (!isLeader(it.token())) {
      return false;
    }
    boolean changed = become(null);
    replacedToken = replaced ? it.token() : 0;
    // Between the end of a grant and the one in its place nobody looks.
    return changed && !replaced;
  }

  private boolean converted(LockEvent.Converted it) {
    return isLeader(it.token()) && it.parts().stream().noneMatch(this::leads) && become(null);
  }

  private boolean valueChanged(LockEvent.ValueChanged it) {
    Leader current = leader;
    // One that is no longer valid belongs to a leader whose end is told as well.
    if (current == null || !isLeader(it.token()) || (it.value() != null && !it.valid())) {
      return false;
    }
    return become(current.proclaiming(bytes(it.value())));
  }

  private static byte @Nullable [] bytes(@Nullable ByteBuffer value) {
    if (value == null) {
      return null;
    }
    byte[] bytes = new byte[value.remaining()];
    value.get(bytes);
    return bytes;
  }

  private boolean isLeader(long token) {
    return leader != null && leader.token().value() == token;
  }

  private boolean become(@Nullable Leader next) {
    boolean other = !Objects.equals(leader, next);
    leader = next;
    return other;
  }
}
