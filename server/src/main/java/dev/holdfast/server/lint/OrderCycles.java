package dev.holdfast.server.lint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the orders that could deadlock. Each order may have to wait for those that have, while they
 * ask for more, what it wants; whoever takes locks in the orders of a cycle at the same time may
 * wait for ever.
 *
 * <p>Every cycle of two orders is found, and every order that different owners have taken and that
 * is in its own way (two who read a lock and both want to write it). Of the longer cycles the
 * shortest through an order is found if that order is the first of the cycle by name, and in no
 * cycle of two.
 */
public final class OrderCycles {
  private static final Comparator<Order> BY_NAME =
      Comparator.comparing((Order order) -> order.held().lock())
          .thenComparing(order -> order.wanted().lock())
          .thenComparing(order -> order.held().mode())
          .thenComparing(order -> order.wanted().mode())
          .thenComparingInt(order -> order.held().permits())
          .thenComparingInt(order -> order.wanted().permits());

  private final List<Order> orders;
  private final Map<String, List<Integer>> byHeldLock = new HashMap<>();
  private final List<Cycle> found = new ArrayList<>();
  private final int limit;
  private int stepsLeft;
  private boolean more;

  /**
   * Orders each of which may have to wait for the next one, and the last one for the first.
   *
   * @param orders in a cycle of one: one, which two owners have taken
   */
  public record Cycle(List<Order> orders) {}

  /**
   * What was found.
   *
   * @param cycles by the names in their first orders
   * @param more whether the search ended before all was found
   */
  public record Findings(List<Cycle> cycles, boolean more) {}

  private OrderCycles(List<Order> orders, int limit, int steps) {
    this.orders = orders.stream().sorted(BY_NAME).toList();
    this.limit = limit;
    this.stepsLeft = steps;
    for (int i = 0; i < this.orders.size(); i++) {
      byHeldLock.computeIfAbsent(this.orders.get(i).held().lock(), _ -> new ArrayList<>()).add(i);
    }
  }

  /**
   * Searches.
   *
   * @param limit most cycles to find
   * @param steps most steps to take
   */
  public static Findings in(List<Order> orders, int limit, int steps) {
    OrderCycles search = new OrderCycles(orders, limit, steps);
    for (int i = 0; i < search.orders.size() && !search.more; i++) {
      search.from(i);
    }
    return new Findings(List.copyOf(search.found), search.more);
  }

  private void from(int start) {
    Order order = orders.get(start);
    if (order.hasSeveralOwners() && order.mayWaitFor(order)) {
      add(List.of(order));
    }
    boolean inPair = false;
    for (int other : waitedFor(start)) {
      if (other != start && orders.get(other).mayWaitFor(order)) {
        inPair = true;
        if (other > start) {
          add(List.of(order, orders.get(other)));
        }
      }
    }
    if (!inPair) {
      longer(start);
    }
  }

  /** Breadth first, over orders that come later by name. */
  private void longer(int start) {
    Map<Integer, Integer> reachedFrom = new HashMap<>();
    Deque<Integer> next = new ArrayDeque<>(List.of(start));
    while (!next.isEmpty()) {
      int at = next.remove();
      for (int other : waitedFor(at)) {
        if (other == start && at != start) {
          add(path(start, at, reachedFrom));
          return;
        }
        if (other > start && reachedFrom.putIfAbsent(other, at) == null) {
          next.add(other);
        }
      }
    }
  }

  private List<Order> path(int start, int end, Map<Integer, Integer> reachedFrom) {
    Deque<Order> path = new ArrayDeque<>();
    for (int at = end; at != start; at = reachedFrom.getOrDefault(at, start)) {
      path.addFirst(orders.get(at));
    }
    path.addFirst(orders.get(start));
    return List.copyOf(path);
  }

  private List<Integer> waitedFor(int index) {
    Order order = orders.get(index);
    List<Integer> candidates = byHeldLock.getOrDefault(order.wanted().lock(), List.of());
    stepsLeft -= candidates.size();
    if (stepsLeft < 0) {
      more = true;
      return List.of();
    }
    return candidates.stream().filter(other -> order.mayWaitFor(orders.get(other))).toList();
  }

  private void add(List<Order> cycle) {
    if (found.size() >= limit) {
      more = true;
    } else {
      found.add(new Cycle(cycle));
    }
  }
}
