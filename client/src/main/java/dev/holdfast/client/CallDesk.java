package dev.holdfast.client;

import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.CallResult;

/** Where calls are handed in: what a {@link BlockingCall} and a {@link FutureCall} need. */
interface CallDesk {
  /** Refuses to block the thread that everything waits for. */
  void requireOtherThread();

  /** Makes a call; its result is delivered later, on the session's thread. */
  void submit(Call call);

  /** The caller has left. */
  void abandon(Call call);

  /** Runs what belongs to users, later or elsewhere. */
  void callback(Runnable task);

  /** Undoes what a call brought, because nobody will use it; nobody waits for that. */
  void undo(CallResult result);
}
