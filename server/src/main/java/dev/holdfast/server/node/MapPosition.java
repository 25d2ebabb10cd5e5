package dev.holdfast.server.node;

/** How far this node's map has come, as of the events that the node has taken in. */
final class MapPosition {
  private long revision;
  private long clockMillis;

  void moveTo(long newRevision, long newClockMillis) {
    revision = newRevision;
    clockMillis = newClockMillis;
  }

  long revision() {
    return revision;
  }

  long clockMillis() {
    return clockMillis;
  }
}
