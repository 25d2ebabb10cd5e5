package dev.holdfast.client.session;

import java.util.ArrayList;
import java.util.List;

/** Writes down what a machine tells. */
final class Recorder implements SessionObserver {
  final List<String> story = new ArrayList<>();
  final List<SessionState> states = new ArrayList<>(List.of(SessionState.OPENING));
  final List<Long> lost = new ArrayList<>();
  final List<HeldGrant> received = new ArrayList<>();
  long sessionId;
  int ends;

  @Override
  public void opened(long id) {
    sessionId = id;
    story.add("opened");
  }

  @Override
  public void attached(String nodeId, String endpoint) {
    story.add("attached " + nodeId);
  }

  @Override
  public void stateChanged(SessionState from, SessionState to, String why) {
    if (states.get(states.size() - 1) != from) {
      throw new AssertionError("from " + from + ", but it was " + states);
    }
    states.add(to);
    story.add(from + " -> " + to);
  }

  @Override
  public void grantLost(HeldGrant grant, LossReason reason, String detail) {
    if (grant.isHeld()) {
      throw new AssertionError("told of the loss of a grant that says it is held");
    }
    if (grant.isGivenBack()) {
      throw new AssertionError("told of the loss of a grant whose release was asked for");
    }
    lost.add(grant.token());
    story.add(
        "lost "
            + reason
            + (detail.isEmpty() || reason == LossReason.SESSION_LOST ? "" : " " + detail));
  }

  @Override
  public void grantReceived(HeldGrant grant, long fromSessionId, long fromToken) {
    if (received.stream().anyMatch(before -> before.token() == grant.token())) {
      throw new AssertionError("received twice: " + grant.token());
    }
    received.add(grant);
  }

  @Override
  public void revocationRequested(
      HeldGrant grant, long bySessionId, String operator, String detail) {
    story.add(
        "asked to let go by "
            + (bySessionId == 0 ? operator : "session " + bySessionId)
            + ": "
            + detail);
  }

  @Override
  public void ended() {
    ends++;
    story.add("ended");
  }
}
