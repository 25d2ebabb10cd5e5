package dev.holdfast.history.check;

import dev.holdfast.history.NodeLine;
import java.util.List;
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
    return one.getClass() == other.getClass() && subject(one).equals(subject(other));
  }

  /** What tells lines of a kind apart at one revision. */
  private static Object subject(NodeLine.Applied line) {
    if (line instanceof NodeLine.LockReleased released) {
      return released.token();
    } else if (line instanceof NodeLine.RequestLeft left) {
      return left.ticket();
    } else if (line instanceof NodeLine.SessionBegan began) {
      return began.session();
    } else if (line instanceof NodeLine.SessionEnded ended) {
      return ended.session();
    } else if (line instanceof NodeLine.RequestPassed passed) {
      return List.of(passed.ticket(), passed.passed());
    } else if (line instanceof NodeLine.DeadlockFound found) {
      return found.victim();
    } else if (line instanceof NodeLine.LockConverted converted) {
      return converted.token();
    } else if (line instanceof NodeLine.ValueChanged changed) {
      return changed.lock();
    }
    return 0L; // one at a revision
  }

  /** Whether two lines tell the same, whichever node applied it when. */
  static boolean sameContent(NodeLine.Applied one, NodeLine.Applied other) {
    return ofNobody(one).equals(ofNobody(other));
  }

  private static NodeLine.Applied ofNobody(NodeLine.Applied line) {
    if (line instanceof NodeLine.SessionBegan began) {
      // A node that repeats an opening from its log need not know the TTL.
      return new NodeLine.SessionBegan(
          "", began.revision(), began.clockMillis(), 0, began.session(), began.client(), 0);
    }
    return line.toldBy("", 0);
  }
}
