package dev.holdfast.client;

import dev.holdfast.client.session.SessionState;
import dev.holdfast.protocol.SessionId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One life at the cluster. It is renewed on a thread of its own until it is closed or lost; once
 * over, it stays over, and later calls to {@link Holdfast} get a new one. Safe for use by many
 * threads; nothing here blocks.
 */
public sealed interface Session permits LiveSession {
  /** The cluster's number for it; empty while it is {@link SessionState#OPENING}. */
  Optional<SessionId> id();

  /** Where it stands, by the clocks as of now. */
  SessionState state();

  /** The id of the node that it is attached to, or was last; empty before that. */
  Optional<String> node();

  /** How long it lasts without another renewal; zero if it is over or not yet open. */
  Duration remaining();

  /** Completed with a sentence for a person when the session is lost; never if it is closed. */
  CompletableFuture<String> whenLost();

  /**
   * Adds somebody to be told of changes from now on.
   *
   * @param listener told on the callback thread
   */
  void addListener(SessionListener listener);

  /**
   * Takes a listener away; no effect if it is not there.
   *
   * @param listener as it was added
   */
  void removeListener(SessionListener listener);
}
