package dev.holdfast.server.node;

import dev.holdfast.protocol.log.v1.Command;
import dev.holdfast.protocol.peer.v1.RenewalOutcome;
import dev.holdfast.replication.NodeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that waits for its place in an entry. */
sealed interface Waiting {

  CommandLane lane();

  int commandCount();

  int bytes();

  /**
   * A command that arrived at this node.
   *
   * @param key what makes it itself
   */
  record OwnCommand(CommandKey key, Command command, CommandLane lane, int bytes)
      implements Waiting {
    static OwnCommand of(CommandKey key, Command command) {
      return new OwnCommand(key, command, CommandLane.of(command), command.getSerializedSize());
    }

    @Override
    public int commandCount() {
      return 1;
    }
  }

  /**
   * Commands that a follower forwarded; they enter one entry together.
   *
   * @param from who forwarded them and wants to hear what became of them
   * @param batchId the follower's number for them
   * @param lane that of the most urgent command
   * @param limited whether these count for the limit on what waits here for others
   * @param renewals the applied outcomes of the renewals and closes, filled in as they are applied
   */
  record ForwardedBatch(
      NodeId from,
      long batchId,
      List<Command> commands,
      CommandLane lane,
      int bytes,
      boolean limited,
      Map<CommandKey, @Nullable RenewalOutcome> renewals)
      implements Waiting {
    static ForwardedBatch of(NodeId from, long batchId, boolean limited, List<Command> commands) {
      CommandLane lane = CommandLane.ORDINARY;
      int bytes = 0;
      Map<CommandKey, @Nullable RenewalOutcome> renewals = new LinkedHashMap<>();
      for (Command command : commands) {
        CommandLane own = CommandLane.of(command);
        if (own.compareTo(lane) < 0) {
          lane = own;
        }
        if (own == CommandLane.RENEWAL) {
          renewals.put(CommandKey.of(command), null);
        }
        bytes += command.getSerializedSize();
      }
      return new ForwardedBatch(from, batchId, commands, lane, bytes, limited, renewals);
    }

    @Override
    public int commandCount() {
      return commands.size();
    }
  }
}
