package dev.holdfast.client.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Owners whose last request is still being taken back. The cluster allows an owner one waiting
 * request, and refuses a lock that the same owner already has, so an owner's next request is held
 * back until the last one has left no trace.
 */
final class Owners {
  private final Map<String, Call> busy = new HashMap<>();
  private final List<Call> heldBack = new ArrayList<>();

  /** This call is being taken back: its owner is busy. */
  void takesBack(Call call) {
    if (call.action instanceof Action.AcquireLocks acquire) {
      busy.put(acquire.owner(), call);
    }
  }

  /** Keeps a call here if its owner is busy. */
  boolean maybeHoldBack(Call call) {
    if (call.action instanceof Action.AcquireLocks acquire && busy.containsKey(acquire.owner())) {
      call.stage = Call.Stage.HELD_BACK;
      heldBack.add(call);
      return true;
    }
    return false;
  }

  /** The call has left no trace; returns those that were held back, to be looked at again. */
  List<Call> free(Call call) {
    if (call.action instanceof Action.AcquireLocks acquire && busy.remove(acquire.owner(), call)) {
      return drain();
    }
    return List.of();
  }

  void forget(Call call) {
    heldBack.remove(call);
  }

  int heldBackCount() {
    return heldBack.size();
  }

  void clear() {
    busy.clear();
  }

  /** Takes out everything that is held back. */
  List<Call> drain() {
    List<Call> all = new ArrayList<>(heldBack);
    heldBack.clear();
    return all;
  }
}
