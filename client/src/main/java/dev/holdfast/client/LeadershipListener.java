package dev.holdfast.client;

import dev.holdfast.protocol.FencingToken;

/** Told by a {@link LeaderElector} when this program leads and when it does not. */
public interface LeadershipListener {
  /**
   * This program leads from now on. Called on a thread of its own ({@code holdfast-leading-<n>}),
   * where the leader's work may be done: it is interrupted when the leadership ends. To return does
   * not end the leadership. As long as it runs, the elector does not stand again.
   *
   * @param token the leader's fencing token; hand it to whatever is done as leader
   */
  void onStartedLeading(FencingToken token);

  /**
   * This program leads no more. Called once for each {@link #onStartedLeading}, before anybody else
   * can have started to lead, by the rule of {@link Leadership#isLeading}; on the elector's thread
   * ({@code holdfast-elector-<n>}), which tells nothing else and stands again when it returns. Do
   * not wait here for what needs the leadership.
   */
  void onStoppedLeading();

  /**
   * Somebody leads, perhaps this program. Called for every leader once, in order, on the thread of
   * a watch; if leaders may have been missed, for the present one.
   *
   * @param leader who
   */
  default void onNewLeader(Leader leader) {}
}
