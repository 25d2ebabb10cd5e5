package dev.holdfast.client.fake;

import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Acquire;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.Queued;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Request;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link FakeCluster} knows of a session. */
final class FakeSession {
  /** A request in a queue. */
  record Waiting(long ticket, long sequence, Acquire acquire, long untilMillis) {}

  final long id;
  final OpenSessionFrame opened;
  final Map<Long, Answer> answers = new HashMap<>();
  final Map<Long, Request> said = new HashMap<>();
  final Set<Long> acknowledged = new HashSet<>();
  final Set<Long> told = new HashSet<>();
  final TreeMap<Long, Waiting> waiting = new TreeMap<>();
  private long acknowledgedBelow = 1;
  long deadlineMillis;
  @Nullable Consumer<NodeFrame> stream;

  FakeSession(long id, OpenSessionFrame opened) {
    this.id = id;
    this.opened = opened;
  }

  void tell(NodeFrame frame) {
    if (stream != null) {
      stream.accept(frame);
    }
  }

  void acknowledge(Acknowledged frame) {
    long below = frame.getBelow();
    for (long number = acknowledgedBelow; number < below; number++) {
      drop(number);
    }
    acknowledgedBelow = Math.max(acknowledgedBelow, below);
    List<Long> ranges = frame.getRangesList();
    require(ranges.size() % 2 == 0, "half a range");
    for (int i = 0; i < ranges.size(); i += 2) {
      require(ranges.get(i) > below, "ranges touch the mark");
      for (long number = ranges.get(i); number <= ranges.get(i + 1); number++) {
        drop(number);
      }
    }
  }

  private void drop(long number) {
    if (acknowledged.add(number)) {
      require(told.contains(number), "acknowledged " + number + ", which was never answered");
      answers.remove(number);
    }
  }

  static Answer.Builder queued(Waiting waiting) {
    return Answer.newBuilder().setQueued(Queued.newBuilder().setTicket(waiting.ticket));
  }

  static NodeFrame refusal(RefusalReason reason) {
    return NodeFrame.newBuilder().setRefused(Refused.newBuilder().setReason(reason)).build();
  }

  static Answer.Builder refused(RefusalReason reason) {
    return Answer.newBuilder().setRefused(Refused.newBuilder().setReason(reason));
  }

  static void require(boolean holds, String problem) {
    if (!holds) {
      throw new AssertionError("a client broke the protocol: " + problem);
    }
  }
}
