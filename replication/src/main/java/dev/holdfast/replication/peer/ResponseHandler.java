package dev.holdfast.replication.peer;

import org.jspecify.annotations.Nullable;

/** Takes the answer to a request. Called once, on a thread of the transport; must not block. */
@FunctionalInterface
public interface ResponseHandler {
  /** Exactly one of the two is not null. */
  void onResponse(byte @Nullable [] frame, @Nullable PeerException failure);
}
