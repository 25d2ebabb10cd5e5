package dev.holdfast.client;

import dev.holdfast.client.UnaryCalls.Kind;
import dev.holdfast.protocol.FencingToken;
import dev.holdfast.protocol.SessionId;
import dev.holdfast.protocol.v1.ElectionsGrpc;
import dev.holdfast.protocol.v1.LeaderReply;
import dev.holdfast.protocol.v1.LeaderRequest;
import dev.holdfast.protocol.v1.LeaderView;
import org.jspecify.annotations.Nullable;

/** Looks at elections, and follows them with a watch. */
final class RemoteElections {
  private final UnaryCalls calls;
  private final Watches watches;
  private final long revisionMin;

  RemoteElections(UnaryCalls calls, Watches watches, long revisionMin) {
    this.calls = calls;
    this.watches = watches;
    this.revisionMin = revisionMin;
  }

  /** What a look has shown, and the revision at which it was so. */
  record Look(@Nullable Leader leader, long revision) {}

  Look look(String lock) {
    LeaderReply reply =
        calls.anywhere(
            Kind.QUESTION,
            ElectionsGrpc.getLeaderMethod(),
            LeaderRequest.newBuilder().setLock(lock).setRevisionMin(revisionMin).build());
    return new Look(
        reply.hasLeader() ? leader(reply.getLeader()) : null, reply.getLabel().getRevision());
  }

  private static Leader leader(LeaderView view) {
    return new Leader(
        new FencingToken(view.getToken()),
        new SessionId(view.getSessionId()),
        view.getOwner(),
        view.hasProclamation() ? view.getProclamation().toByteArray() : null);
  }

  Watch observe(String lock, ElectionListener listener) {
    Observer observer = new Observer(lock, listener);
    Watch watch = watches.begin(WatchTarget.lock(lock), 0, observer);
    observer.watch = watch;
    return watch;
  }

  /** On the watch's own thread, which may wait for a node. */
  private final class Observer implements WatchListener {
    private final String lock;
    private final ElectionListener listener;
    private final ElectionState state;
    private boolean told;

    /** Its own; it may begin before this is known. */
    private volatile @Nullable Watch watch;

    Observer(String lock, ElectionListener listener) {
      this.lock = lock;
      this.listener = listener;
      this.state = new ElectionState(lock);
    }

    @Override
    public void started(long revision) {
      lookAgain();
    }

    @Override
    public void resync(long revision) {
      lookAgain();
    }

    @Override
    public void happened(LockEvent event) {
      if (state.happened(event)) {
        listener.changed(state.leader());
      }
    }

    /** Until somebody answers: each look takes the request time-out before it gives up. */
    private void lookAgain() {
      Look look = null;
      while (look == null) {
        if (isClosed()) {
          return;
        }
        look = maybeLook();
      }
      if (state.looked(look.leader(), look.revision()) || !told) {
        told = true;
        listener.changed(state.leader());
      }
    }

    private boolean isClosed() {
      Watch own = watch;
      return watches.isClosed() || (own != null && own.isClosed());
    }

    private @Nullable Look maybeLook() {
      try {
        return look(lock);
      } catch (UnavailableException | OverloadedException passing) {
        return null;
      }
    }

    @Override
    public void ended(@Nullable HoldfastException problem) {
      listener.ended(problem);
    }
  }
}
