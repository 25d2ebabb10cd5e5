package dev.holdfast.client.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Owners whose last request is still being taken back. The cluster allows an owner one waiting
 * request, and refuses a lock that the same owner already has; and which token a grant has, while a
 * conversion of it is being taken back, nobody can say. So an owner's next request is held back
 * until the last one has left no trace.
 */
final class Owners {
  private final Map<String, Call> busy = new HashMap<>();
  private final List<Call> heldBack = new ArrayList<>();

  private static @Nullable String ownerOf(Call call) {
    if (call.action instanceof Action.AcquireLocks acquire) {
      return acquire.owner();
    }
    if (call.action instanceof Action.ExtendGrant extend) {
      return extend.owner();
    }
    if (call.action instanceof Action.ConvertGrant convert) {
      return convert.owner();
    }
    if (call.action instanceof Action.HandOverGrant handOver) {
      return handOver.owner();
    }
    if (call.action instanceof Action.WriteFile write) {
      return write.owner();
    }
    return call.action instanceof Action.SetLockValue setValue ? setValue.owner() : null;
  }

  private static boolean mayWait(Call call) {
    return call.action instanceof Action.AcquireLocks || call.action instanceof Action.ConvertGrant;
  }

  /** This call is being taken back: its owner is busy. */
  void takesBack(Call call) {
    String owner = ownerOf(call);
    if (owner != null && mayWait(call)) {
      busy.put(owner, call);
    }
  }

  /**
   * The conversion of this grant that is being taken back and has no answer yet; null if there is
   * none.
   */
  @Nullable Call conversionTakenBack(long token) {
    for (Call call : busy.values()) {
      if (call.action instanceof Action.ConvertGrant convert
          && convert.token() == token
          && call.stage != Call.Stage.DONE) {
        return call;
      }
    }
    return null;
  }

  /** Keeps a call here if its owner is busy. */
  boolean maybeHoldBack(Call call) {
    String owner = ownerOf(call);
    if (owner != null && busy.containsKey(owner)) {
      call.stage = Call.Stage.HELD_BACK;
      heldBack.add(call);
      return true;
    }
    return false;
  }

  /** The call has left no trace; returns those that were held back, to be looked at again. */
  List<Call> free(Call call) {
    String owner = ownerOf(call);
    if (owner != null && mayWait(call) && busy.remove(owner, call)) {
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
