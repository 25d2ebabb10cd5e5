package dev.holdfast.client.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is to be sent, in this order: what frees something, what was sent before, what is new. */
final class Outbox {
  private final Deque<Call> urgent = new ArrayDeque<>();
  private final Deque<Call> again = new ArrayDeque<>();

  /** A set, because those whose caller has left are taken out again, wherever they stand. */
  private final Set<Call> fresh = new LinkedHashSet<>();

  /** Puts a call into its queue, unless it is in one. */
  void add(Call call) {
    if (call.enqueued) {
      return;
    }
    call.enqueued = true;
    if (call.isUrgent()) {
      urgent.addLast(call);
    } else if (call.sequence != 0) {
      again.addLast(call);
    } else {
      fresh.add(call);
    }
  }

  /**
   * The next call to be sent; null if there is none, or only new ones and these are to wait.
   *
   * @param freshToo whether new ones may be sent
   */
  @Nullable Call next(boolean freshToo) {
    Call call = urgent.pollFirst();
    if (call == null) {
      call = again.pollFirst();
    }
    if (call == null && freshToo) {
      call = nextFresh();
    }
    if (call != null) {
      call.enqueued = false;
    }
    return call;
  }

  private @Nullable Call nextFresh() {
    Iterator<Call> first = fresh.iterator();
    if (!first.hasNext()) {
      return null;
    }
    Call call = first.next();
    first.remove();
    return call;
  }

  /**
   * Takes out a call that was never sent and is not to be: as long as there is no node it would lie
   * here, and count.
   */
  void forget(Call call) {
    if (fresh.remove(call)) {
      call.enqueued = false;
    }
  }

  boolean hasWork(boolean freshToo) {
    return !urgent.isEmpty() || !again.isEmpty() || (freshToo && !fresh.isEmpty());
  }

  int freshCount() {
    return fresh.size();
  }

  /** Forgets what has a number: it will be added again in the order of numbers. */
  void forgetNumbered() {
    urgent.removeIf(call -> call.sequence != 0);
    again.clear();
  }

  /** Takes everything out. */
  List<Call> drain() {
    List<Call> all = new ArrayList<>(urgent);
    all.addAll(again);
    all.addAll(fresh);
    urgent.clear();
    again.clear();
    fresh.clear();
    return all;
  }
}
