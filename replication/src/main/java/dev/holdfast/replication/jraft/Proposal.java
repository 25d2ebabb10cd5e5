package dev.holdfast.replication.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import dev.holdfast.replication.ProposalListener;
import dev.holdfast.replication.ProposalOutcome;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A proposal under way; tells its listener once, whoever ends it first. */
final class Proposal implements Closure {
  private static final Logger log = LoggerFactory.getLogger(Proposal.class);

  /** All proposals under way at a node. */
  static final class Register {
    private final Set<Proposal> underWay = ConcurrentHashMap.newKeySet();

    Proposal open(ProposalListener listener) {
      Proposal proposal = new Proposal(listener, this);
      underWay.add(proposal);
      return proposal;
    }

    int size() {
      return underWay.size();
    }

    /** Ends what the engine has left behind. */
    void abandonAll() {
      underWay.forEach(proposal -> proposal.end(ProposalOutcome.OUTCOME_UNKNOWN));
    }
  }

  private final ProposalListener listener;
  private final Register register;
  private final AtomicBoolean ended = new AtomicBoolean();

  private Proposal(ProposalListener listener, Register register) {
    this.listener = listener;
    this.register = register;
  }

  @Override
  public void run(Status status) {
    end(status.isOk() ? ProposalOutcome.COMMITTED : ProposalOutcome.OUTCOME_UNKNOWN);
  }

  void end(ProposalOutcome outcome) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    register.underWay.remove(this);
    try {
      listener.onOutcome(outcome);
    } catch (RuntimeException e) {
      // A listener's bug is not the replica's: the entry is applied, and the next one must be.
      log.error("The listener of a proposal failed", e);
    }
  }
}
