package dev.holdfast.server.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What waits for an entry, the urgent before the ordinary, in order of arrival within each lane.
 */
final class Lanes {
  private final Map<CommandLane, Deque<Waiting>> lanes = new EnumMap<>(CommandLane.class);
  private int limitedCommands;

  Lanes() {
    for (CommandLane lane : CommandLane.values()) {
      lanes.put(lane, new ArrayDeque<>());
    }
  }

  void add(Waiting waiting) {
    lane(waiting.lane()).addLast(waiting);
    count(waiting, 1);
  }

  /** Puts back what was taken, before everything that has come since, in its own order. */
  void putBack(List<? extends Waiting> taken) {
    for (int i = taken.size() - 1; i >= 0; i--) {
      lane(taken.get(i).lane()).addFirst(taken.get(i));
      count(taken.get(i), 1);
    }
  }

  boolean isEmpty(CommandLane lane) {
    return lane(lane).isEmpty();
  }

  boolean isEmpty() {
    return isEmpty(CommandLane.RENEWAL)
        && isEmpty(CommandLane.RELEASE)
        && isEmpty(CommandLane.ORDINARY);
  }

  /** Commands of other nodes that wait here and that a limit holds for. */
  int limitedCommands() {
    return limitedCommands;
  }

  /**
   * Takes what fits into one entry; at least one, if there is any.
   *
   * @param last the least urgent lane to take from
   * @param wanted what is not wanted is dropped, not kept
   */
  List<Waiting> take(CommandLane last, int bytesMax, int commandsMax, Predicate<Waiting> wanted) {
    List<Waiting> taken = new ArrayList<>();
    int bytesLeft = bytesMax;
    int commandsLeft = commandsMax;
    for (CommandLane each : CommandLane.values()) {
      if (each.compareTo(last) > 0) {
        return taken;
      }
      Deque<Waiting> lane = lane(each);
      for (Waiting head = lane.peekFirst(); head != null; head = lane.peekFirst()) {
        boolean fits = head.bytes() <= bytesLeft && head.commandCount() <= commandsLeft;
        if (!fits && !taken.isEmpty()) {
          return taken;
        }
        lane.removeFirst();
        count(head, -1);
        if (wanted.test(head)) {
          taken.add(head);
          bytesLeft -= head.bytes();
          commandsLeft -= head.commandCount();
        }
      }
    }
    return taken;
  }

  /** Takes away everything that is of this class. */
  <W extends Waiting> List<W> removeAll(Class<W> type) {
    List<W> removed = new ArrayList<>();
    for (Deque<Waiting> lane : lanes.values()) {
      for (Waiting waiting : lane) {
        if (type.isInstance(waiting)) {
          removed.add(type.cast(waiting));
          count(waiting, -1);
        }
      }
      lane.removeIf(type::isInstance);
    }
    return removed;
  }

  private Deque<Waiting> lane(CommandLane lane) {
    Deque<Waiting> deque = lanes.get(lane);
    if (deque == null) {
      throw new IllegalStateException("no lane " + lane);
    }
    return deque;
  }

  private void count(Waiting waiting, int sign) {
    if (waiting instanceof Waiting.ForwardedBatch batch && batch.limited()) {
      limitedCommands += sign * batch.commandCount();
    }
  }
}
