package dev.holdfast.server.node;

import dev.holdfast.server.node.Waiting.OwnCommand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The commands that arrived at this node and of which no outcome was applied here. A command leaves
 * by {@link #settle} only; whether it waits, flies or has landed at the leader is where it is on
 * its way.
 */
final class OwnCommands {
  private static final class Tracked {
    final OwnCommand command;
    @Nullable Flight flight;
    boolean landed;

    Tracked(OwnCommand command) {
      this.command = command;
    }
  }

  private final Map<CommandKey, Tracked> tracked = new HashMap<>();
  private int ordinary;
  private long bytes;

  boolean contains(CommandKey key) {
    return tracked.containsKey(key);
  }

  void add(OwnCommand command) {
    tracked.put(command.key(), new Tracked(command));
    bytes += command.bytes();
    ordinary += command.lane() == CommandLane.ORDINARY ? 1 : 0;
  }

  boolean isEmpty() {
    return tracked.isEmpty();
  }

  /** How many of them a limit holds for. */
  int ordinaryCount() {
    return ordinary;
  }

  /** How large all of them are. */
  long bytes() {
    return bytes;
  }

  /** Whether it may be sent: neither settled nor on its way. */
  boolean isWaiting(OwnCommand command) {
    Tracked state = tracked.get(command.key());
    return state != null && state.flight == null && !state.landed;
  }

  void board(Flight flight) {
    for (OwnCommand command : flight.own) {
      Tracked state = tracked.get(command.key());
      if (state != null) {
        state.flight = flight;
      }
    }
  }

  /** An outcome was applied here, or is known otherwise. Returns the flight that it was in. */
  @Nullable Flight settle(CommandKey key) {
    Tracked state = tracked.remove(key);
    if (state == null) {
      return null;
    }
    bytes -= state.command.bytes();
    ordinary -= state.command.lane() == CommandLane.ORDINARY ? 1 : 0;
    if (state.flight != null) {
      state.flight.unapplied--;
    }
    return state.flight;
  }

  /** The leader has applied the flight's commands; they stay until they are applied here. */
  void land(Flight flight) {
    for (OwnCommand command : flight.own) {
      Tracked state = tracked.get(command.key());
      if (state != null && state.flight == flight) {
        state.flight = null;
        state.landed = true;
      }
    }
  }

  /** Nothing is known about the flight. Returns the commands that must be sent again, in order. */
  List<OwnCommand> giveUp(Flight flight) {
    List<OwnCommand> again = new ArrayList<>();
    for (OwnCommand command : flight.own) {
      Tracked state = tracked.get(command.key());
      if (state != null && state.flight == flight) {
        state.flight = null;
        again.add(command);
      }
    }
    return again;
  }

  /** All of them, in no order that means anything. */
  List<OwnCommand> all() {
    List<OwnCommand> all = new ArrayList<>(tracked.size());
    tracked.values().forEach(state -> all.add(state.command));
    return all;
  }
}
