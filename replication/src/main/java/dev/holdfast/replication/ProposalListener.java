package dev.holdfast.replication;

/** Hears what became of a proposal. Called once, on any thread, the apply thread included. */
@FunctionalInterface
public interface ProposalListener {
  /** Must not block. */
  void onOutcome(ProposalOutcome outcome);
}
