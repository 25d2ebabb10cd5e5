package dev.holdfast.client;

import dev.holdfast.client.session.Call;
import dev.holdfast.client.session.HeldGrant;

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

  /** Releases a grant that nobody will use; nobody waits for the answer. */
  void releaseInBackground(HeldGrant grant);
}
