package dev.holdfast.server.watch;

import dev.holdfast.core.Event;
import dev.holdfast.protocol.v1.LockEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The recent events, each with a serial number of its own, bounded by number and by bytes: the
 * oldest give way to the newest. Events that are about no lock are not kept.
 */
final class EventRing {
  private static final int SLOTS_AT_FIRST = 64;

  /** Used again and again, so that an event costs no more than what it is made of. */
  private static final class Slot {
    @Nullable Event event;
    @Nullable LockEvent message;
    long clockMillis;
    int bytes;
  }

  private final int eventsMax;
  private final long bytesMax;
  private @Nullable Slot[] slots = new @Nullable Slot[SLOTS_AT_FIRST];
  private long first;
  private long next;
  private long bytes;
  private long floorRevision;

  EventRing(int eventsMax, long bytesMax) {
    this.eventsMax = eventsMax;
    this.bytesMax = bytesMax;
  }

  /** Forgets everything: the events up to this revision are not known here. */
  void reset(long revision) {
    Arrays.fill(slots, null);
    first = next;
    bytes = 0;
    floorRevision = revision;
  }

  /** Adds an event, of the revision of the last one or a later one; returns its serial number. */
  long add(Event event, long clockMillis) {
    if (next - first == slots.length) {
      grow();
    }
    Slot slot = slotFor(next);
    slot.event = event;
    slot.clockMillis = clockMillis;
    slot.bytes = EventContents.bytesOf(event);
    bytes += slot.bytes;
    next++;
    while (next - first > eventsMax || (bytes > bytesMax && next - first > 1)) {
      dropFirst();
    }
    return next - 1;
  }

  private Slot slotFor(long serial) {
    int index = indexOf(serial);
    Slot slot = slots[index];
    if (slot == null) {
      slot = new Slot();
      slots[index] = slot;
    }
    return slot;
  }

  private void dropFirst() {
    Slot slot = slotFor(first);
    floorRevision = revisionOf(first);
    bytes -= slot.bytes;
    slot.event = null;
    slot.message = null;
    first++;
  }

  private void grow() {
    @Nullable Slot[] larger = new @Nullable Slot[2 * slots.length];
    for (long serial = first; serial < next; serial++) {
      larger[(int) (serial & (larger.length - 1))] = slots[indexOf(serial)];
    }
    slots = larger;
  }

  /** The length is a power of two. */
  private int indexOf(long serial) {
    return (int) (serial & (slots.length - 1));
  }

  /** The revision up to which events are missing here: later ones are all there. */
  long floorRevision() {
    return floorRevision;
  }

  /** The oldest event that is there, if it is below {@link #next}. */
  long first() {
    return first;
  }

  /** The serial number of the next event to come. */
  long next() {
    return next;
  }

  Event event(long serial) {
    Event event = slotFor(serial).event;
    if (event == null) {
      throw new IllegalArgumentException("there is no event " + serial);
    }
    return event;
  }

  long revisionOf(long serial) {
    return event(serial).revision();
  }

  /** The event as watchers are told of it; made once, however many they are. */
  LockEvent message(long serial) {
    Slot slot = slotFor(serial);
    LockEvent message = slot.message;
    if (message == null) {
      message = EventContents.message(event(serial), slot.clockMillis);
      slot.message = message;
    }
    return message;
  }

  /** The first event of this revision or a later one; {@link #next} if there is none yet. */
  long firstSince(long revision) {
    long low = first;
    long high = next;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (revisionOf(middle) < revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
