package dev.holdfast.server.node;

import dev.holdfast.replication.NodeId;
import dev.holdfast.server.node.Waiting.ForwardedBatch;
import dev.holdfast.server.node.Waiting.OwnCommand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was sent together and has no outcome yet: an entry proposed here, or a forwarded batch. */
final class Flight {
  final long id;

  /** The leader that it was forwarded to; null for an entry that this node proposed. */
  final @Nullable NodeId to;

  /** Whether it took the slot that is kept for renewals. */
  final boolean inRenewalSlot;

  /** When to give it up, on the monotonic clock. */
  final long giveUpNanos;

  final List<OwnCommand> own;
  final List<ForwardedBatch> batches;

  /** How many of the own commands have not been applied here. */
  int unapplied;

  Flight(
      long id, @Nullable NodeId to, boolean inRenewalSlot, long giveUpNanos, List<Waiting> taken) {
    this.id = id;
    this.to = to;
    this.inRenewalSlot = inRenewalSlot;
    this.giveUpNanos = giveUpNanos;
    List<OwnCommand> commands = new ArrayList<>(taken.size());
    List<ForwardedBatch> forwarded = new ArrayList<>();
    for (Waiting waiting : taken) {
      switch (waiting) {
        case OwnCommand command -> commands.add(command);
        case ForwardedBatch batch -> forwarded.add(batch);
      }
    }
    this.own = commands;
    this.batches = forwarded;
    this.unapplied = commands.size();
  }

  boolean isProposal() {
    return to == null;
  }
}
