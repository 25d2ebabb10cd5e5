package dev.holdfast.cli.shell;

import dev.holdfast.cli.command.WaitLine;
import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Demand;
import dev.holdfast.client.HolderInfo;
import dev.holdfast.client.RefusalReason;
import dev.holdfast.client.session.SessionState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A shell's session and what it holds. Safe for use by many threads. */
interface ShellLocks extends AutoCloseable {
  /** Something that the shell holds. */
  interface Holding {
    /** The fencing token. */
    long token();

    /** What is held. */
    List<Demand> demands();

    /** Whether it is held now. */
    boolean isHeld();

    /** For how long it has been held, in milliseconds. */
    long heldMillis();

    /** How long it is held without word from the cluster; zero if it is not held. */
    Duration remaining();

    /**
     * Gives it back, and waits for the cluster.
     *
     * @throws dev.holdfast.client.HoldfastException it was lost before, or no node answered
     */
    void release();
  }

  /** Told, on any thread, what the person at the shell has to know at once. */
  interface News {
    /** The session has come from one state to another. */
    void stateChanged(SessionState from, SessionState to, String why);

    /** A grant is held no more, though nobody released it. */
    void lost(Holding holding, String why);

    /** Somebody asks for a grant to be given back. */
    void askedToLetGo(long token, String by, String detail);
  }

  /** What became of a request. */
  sealed interface Outcome {
    /**
     * It was granted.
     *
     * @param holding what is held now
     */
    record Granted(Holding holding) implements Outcome {}

    /**
     * It was refused.
     *
     * @param reason the rule that stands against it
     * @param holder who is in the way; null if nobody is known to be
     * @param cause what the client library has thrown, if it has
     */
    record Refused(
        RefusalReason reason, @Nullable HolderInfo holder, @Nullable RuntimeException cause)
        implements Outcome {}
  }

  /**
   * Waits as long as the request says.
   *
   * @param request what is wanted; the owner is the shell
   * @param waiting told when it takes longer than a moment, and where it stands
   * @throws InterruptedException interrupted; nothing is held by it, the place in the queue is
   *     given up
   * @throws dev.holdfast.client.HoldfastException the world failed, as the exception says
   */
  Outcome acquire(AcquireRequest request, WaitLine waiting) throws InterruptedException;

  /** What is held, in the order of the tokens. */
  List<Holding> held();

  /** The state of the present session, or of the last one. */
  SessionState state();

  /** The number of the present session, or of the last one. */
  long sessionId();

  /** Whom to tell from now on. */
  void tell(News news);

  /** Ends the session, which releases everything. A second call has no effect. */
  @Override
  void close();
}
