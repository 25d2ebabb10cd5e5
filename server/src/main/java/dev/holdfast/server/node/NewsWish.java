package dev.holdfast.server.node;

import java.util.ArrayList;
import java.util.List;

/** A request that wants news of its places. */
final class NewsWish {
  final Key key;
  SessionStream stream;
  final List<Place> places = new ArrayList<>();

  /** What was told last. */
  private String toldLock = "";

  private int toldPosition;
  private int toldLength;
  private long toldToken;

  record Key(long sessionId, long sequence) {}

  /** Where it stands in one line. */
  static final class Place {
    final NewsLine line;
    int position;

    Place(NewsLine line) {
      this.line = line;
    }
  }

  NewsWish(Key key, SessionStream stream) {
    this.key = key;
    this.stream = stream;
  }

  /** Takes in a place; tells whether it is the one that will keep the request the longest. */
  boolean isAt(NewsLine line, int position) {
    Place worst = null;
    for (Place place : places) {
      if (place.line == line) {
        place.position = position;
      }
      if (worst == null || place.position > worst.position) {
        worst = place;
      }
    }
    return worst != null && worst.line == line;
  }

  /** Whether this was not what was told last; from now on it is. */
  boolean isNews(String lock, int position, int length, long token) {
    if (position == toldPosition
        && length == toldLength
        && token == toldToken
        && lock.equals(toldLock)) {
      return false;
    }
    toldLock = lock;
    toldPosition = position;
    toldLength = length;
    toldToken = token;
    return true;
  }

  /** On another stream everything is news. */
  void tellAgain(SessionStream newStream) {
    stream = newStream;
    toldPosition = 0;
  }
}
