package dev.holdfast.history.check;

import dev.holdfast.history.NodeLine;
import dev.holdfast.history.NodeLine.LockReleased;
import dev.holdfast.history.NodeLine.RequestLeft;
import dev.holdfast.history.NodeLine.SessionBegan;
import dev.holdfast.history.NodeLine.SessionEnded;
import org.jspecify.annotations.Nullable;

/** What was applied at a revision, as the first node told it; others told the same. */
final class Step {
  final NodeLine.Applied line;
  final LocatedLine at;

  /** A bit for each {@link NodeLog} that told of it. */
  long toldBy;

  /** What else was applied at the same revision. */
  @Nullable Step next;

  Step(NodeLine.Applied line, LocatedLine at) {
    this.line = line;
    this.at = at;
  }

  long revision() {
    return line.revision();
  }

  /** Whether two lines tell of the same thing at a revision, if perhaps differently. */
  static boolean sameSubject(NodeLine.Applied one, NodeLine.Applied other) {
    return one.getClass() == other.getClass() && subject(one) == subject(other);
  }

  private static long subject(NodeLine.Applied line) {
    if (line instanceof LockReleased released) {
      return released.token();
    }
    if (line instanceof RequestLeft left) {
      return left.ticket();
    }
    if (line instanceof SessionBegan began) {
      return began.session();
    }
    if (line instanceof SessionEnded ended) {
      return ended.session();
    }
    return 0;
  }

  /** Whether two lines tell the same, whichever node applied it when. */
  static boolean sameContent(NodeLine.Applied one, NodeLine.Applied other) {
    return ofNobody(one).equals(ofNobody(other));
  }

  private static NodeLine.Applied ofNobody(NodeLine.Applied line) {
    if (line instanceof LockReleased released) {
      return new LockReleased(
          "",
          released.revision(),
          released.clockMillis(),
          0,
          released.token(),
          released.session(),
          released.sequence(),
          released.by(),
          released.end());
    }
    if (line instanceof NodeLine.LockGranted granted) {
      return new NodeLine.LockGranted(
          "",
          granted.revision(),
          granted.clockMillis(),
          0,
          granted.ticket(),
          granted.session(),
          granted.sequence(),
          granted.owner(),
          granted.demands(),
          granted.expiresAtMillis(),
          granted.how());
    }
    if (line instanceof NodeLine.RequestQueued queued) {
      return new NodeLine.RequestQueued(
          "",
          queued.revision(),
          queued.clockMillis(),
          0,
          queued.session(),
          queued.sequence(),
          queued.owner(),
          queued.demands());
    }
    if (line instanceof RequestLeft left) {
      return new RequestLeft(
          "",
          left.revision(),
          left.clockMillis(),
          0,
          left.ticket(),
          left.session(),
          left.sequence(),
          left.exit());
    }
    if (line instanceof SessionBegan began) {
      return new SessionBegan(
          "", began.revision(), began.clockMillis(), 0, began.session(), began.client(), 0);
    }
    if (line instanceof SessionEnded ended) {
      return new SessionEnded(
          "", ended.revision(), ended.clockMillis(), 0, ended.session(), ended.end());
    }
    return line;
  }
}
