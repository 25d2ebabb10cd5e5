package dev.holdfast.server.watch;

import dev.holdfast.protocol.v1.LockEvent;
import dev.holdfast.protocol.v1.WatchFrame;
import dev.holdfast.protocol.v1.WatchRequest;
import dev.holdfast.protocol.v1.WatchStarted;
import java.util.ArrayList;
import java.util.List;

/** A watcher's connection in memory, ready for as many frames as a test says. */
final class FakeWatcher implements WatchConnection {
  final WatchStream stream = new WatchStream(this);
  final List<WatchFrame> frames = new ArrayList<>();

  /** How many frames may be written until it is not ready any more. */
  int room = Integer.MAX_VALUE;

  boolean ended;

  static WatchRequest lock(String name, long from) {
    return WatchRequest.newBuilder().setLock(name).setFromRevision(from).build();
  }

  static WatchRequest prefix(String name, long from) {
    return WatchRequest.newBuilder().setPrefix(name).setFromRevision(from).build();
  }

  /** Is taken in and begins at once. */
  FakeWatcher watch(WatchDesk desk, WatchRequest request) {
    if (desk.take(stream, request) != null) {
      throw new AssertionError("was not taken in: " + request);
    }
    desk.begin(stream, WatchStarted.getDefaultInstance(), 0);
    return this;
  }

  /** Makes room, as a client that reads does. */
  void read(WatchDesk desk, int count) {
    room = count;
    desk.onReady(stream);
  }

  @Override
  public boolean isReady() {
    return room > 0;
  }

  @Override
  public void send(WatchFrame frame) {
    frames.add(frame);
    room--;
  }

  @Override
  public void end() {
    ended = true;
  }

  /** The frames so far, one word each, which are forgotten then. */
  List<String> told() {
    List<String> words = new ArrayList<>();
    for (WatchFrame frame : frames) {
      words.add(
          switch (frame.getKindCase()) {
            case STARTED -> "started " + frame.getStarted().getRevision();
            case EVENTS ->
                revisions(frame.getEvents().getEventsList())
                    + " complete "
                    + frame.getEvents().getCompleteRevision();
            case PROGRESS -> "progress " + frame.getProgress().getRevision();
            case RESYNC -> "resync " + frame.getResync().getRevision();
            case MOVE -> "move " + frame.getMove().getDetail();
            case REFUSED -> "refused " + frame.getRefused().getReason();
            case KIND_NOT_SET -> throw new AssertionError("an empty frame");
          });
    }
    frames.clear();
    return words;
  }

  private static String revisions(List<LockEvent> events) {
    return "events " + events.stream().map(LockEvent::getRevision).toList();
  }
}
