package dev.holdfast.client.fake;

import dev.holdfast.protocol.v1.Acknowledged;
import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.NodeFrame;
import dev.holdfast.protocol.v1.OpenSessionFrame;
import dev.holdfast.protocol.v1.RefusalReason;
import dev.holdfast.protocol.v1.Refused;
import dev.holdfast.protocol.v1.Request;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link FakeCluster} knows of a session besides the map. */
final class FakeSession {
  final long id;
  final OpenSessionFrame opened;
  final Set<Long> told = new HashSet<>();
  private final Map<Long, Request> said = new HashMap<>();
  private final Set<Long> cancelAsked = new HashSet<>();
  private final Set<Long> acknowledged = new HashSet<>();
  private long acknowledgedBelow = 1;
  private NodeFrame.@Nullable Builder frame;
  boolean killed;
  @Nullable Consumer<NodeFrame> stream;

  FakeSession(long id, OpenSessionFrame opened) {
    this.id = id;
    this.opened = opened;
  }

  /** What goes out to the newest stream when everything is said. */
  NodeFrame.Builder frame() {
    if (frame == null) {
      frame = NodeFrame.newBuilder();
    }
    return frame;
  }

  void flush() {
    if (frame != null) {
      NodeFrame told = frame.build();
      frame = null;
      if (stream != null) {
        stream.accept(told);
      }
    }
  }

  /** Takes a request in; a number is for one thing. */
  void hear(Request request) {
    long sequence = request.getSequence();
    if (request.hasCancel() || request.hasResolve()) {
      cancelAsked.add(sequence);
      return;
    }
    Request before = said.put(sequence, request);
    require(before == null || before.equals(request), "number " + sequence + " was used twice");
  }

  /** What a node cancelled, and nobody asked it to, it had no room for. */
  Answer withReason(long sequence, Answer answer, @Nullable RefusalReason overload) {
    boolean cancelled = answer.getRefused().getReason() == RefusalReason.CANCELLED;
    return cancelled && !cancelAsked.contains(sequence)
        ? answer.toBuilder()
            .setRefused(
                Refused.newBuilder()
                    .setReason(overload == null ? RefusalReason.OVERLOADED : overload))
            .build()
        : answer;
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
    }
  }

  static NodeFrame refusal(RefusalReason reason) {
    return NodeFrame.newBuilder().setRefused(Refused.newBuilder().setReason(reason)).build();
  }

  static void require(boolean holds, String problem) {
    if (!holds) {
      throw new AssertionError("a client broke the protocol: " + problem);
    }
  }
}
