package dev.holdfast.client.session;

import dev.holdfast.protocol.v1.QueueNews;
import dev.holdfast.protocol.v1.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thing that somebody wants of the cluster through a session. Made by any thread, handed to
 * {@link SessionMachine#submit} once; all else in here belongs to the machine.
 */
public abstract class Call {
  /** No deadline. */
  public static final long NEVER = Long.MAX_VALUE;

  /** What becomes of a call whose deadline passes after it was sent. */
  public enum WhenLate {
    /** It is taken back in the background; the caller holds nothing. */
    UNDO,
    /** Its outcome is found out in the background, for somebody to ask. */
    DOUBT
  }

  /** How far a call has come. */
  enum Stage {
    /** Not yet sent, or not on the present stream. */
    WAITING,
    /** Its owner is still being freed from an earlier call that was taken back. */
    HELD_BACK,
    /** Sent on the present stream, no answer yet. */
    SENT,
    /** It has a place in a queue of the cluster. */
    PLACED,
    /** A node was overloaded; it is sent again later. */
    BACKING_OFF,
    /** Over. */
    DONE
  }

  /** What is sent for it. */
  enum Purpose {
    /** The action itself. */
    DO,
    /** That it be undone. */
    CANCEL,
    /** The question what became of it. */
    RESOLVE
  }

  /** Changed only to follow a grant whose token has changed before this call was sent. */
  Action action;

  final long deadlineNanos;
  final WhenLate whenLate;

  Stage stage = Stage.WAITING;
  Purpose purpose = Purpose.DO;
  long sequence;
  long firstAttemptNanos;

  /** Under the present number. */
  long firstSentNanos;

  long firstSentWallOffsetMillis;

  long lastSentNanos;

  /** Of its place in a queue; 0 while no node has told. */
  long ticket;

  /** Of an {@link Action.AskRevocation}: the request that waits. */
  long waitingSequence;

  int attempts;
  boolean enqueued;

  /** Its caller has left; what it did is undone. */
  boolean abandoned;

  /** Its caller was told that the outcome is unknown. */
  boolean doubt;

  /** Releases of the grant that this call, which is being taken back, was to convert. */
  final List<Call> parked = new ArrayList<>(0);

  /** Told where the request stands while it waits; null if nobody wants to know. */
  @Nullable Consumer<QueueNews> news;

  @Nullable Request request;
  Timers.@Nullable Timer timer;
  @Nullable Resolver resolver;
  @Nullable CallResult settled;

  /**
   * A call.
   *
   * @param action what is wanted
   * @param deadlineNanos on the machine's clock, or {@link #NEVER}
   * @param whenLate what to do when the deadline passes and the call was sent
   */
  protected Call(Action action, long deadlineNanos, WhenLate whenLate) {
    this.action = action;
    this.deadlineNanos = deadlineNanos;
    this.whenLate = whenLate;
  }

  /**
   * Wants to know where the request stands while it waits. Before the call is submitted.
   *
   * @param reader called on the session's thread; must not block
   */
  public void wantNews(Consumer<QueueNews> reader) {
    news = reader;
  }

  /**
   * Hands over the result, once, on the session's thread; must not block.
   *
   * @return false if the caller has left: then a grant is released in the background
   */
  protected abstract boolean deliver(CallResult result);

  /** Somebody who asks what became of a call. */
  @FunctionalInterface
  public interface Resolver {
    /**
     * Hands over the answer, once, on the session's thread; must not block.
     *
     * @param result Granted, Converted, Released, HandedOver, Done, Refused or SessionOver
     * @return false if nobody is there any more: then a grant is released in the background
     */
    boolean resolved(CallResult result);
  }

  boolean isUrgent() {
    return purpose != Purpose.DO || action instanceof Action.ReleaseGrant;
  }
}
