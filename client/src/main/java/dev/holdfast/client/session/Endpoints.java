package dev.holdfast.client.session;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Where to go next. The endpoints that were configured are never forgotten; those that nodes told
 * of come after them and are replaced by what the next node tells.
 */
public final class Endpoints {
  /** Most endpoints that are remembered from nodes. */
  private static final int LEARNED_MAX = 32;

  private static final int LENGTH_MAX = 261;

  private final List<String> configured;
  private List<String> all;
  private int next;

  /**
   * Those that were configured.
   *
   * @param configured host:port, one or more
   * @param inOrder whether to begin with the first; otherwise anywhere
   * @param random where to begin then
   */
  public Endpoints(List<String> configured, boolean inOrder, RandomGenerator random) {
    this.configured = configured;
    this.all = configured;
    this.next = inOrder ? 0 : random.nextInt(configured.size());
  }

  /** How many there are. */
  public int count() {
    return all.size();
  }

  /** The one to try next. */
  public String next() {
    String endpoint = all.get(next % all.size());
    next = (next + 1) % all.size();
    return endpoint;
  }

  /**
   * Learns what a node says, and goes on with the endpoints after the present one.
   *
   * @param told host:port of nodes
   * @param present where that node is
   */
  public void learn(List<String> told, String present) {
    List<String> known = new ArrayList<>(configured);
    for (String endpoint : told) {
      boolean usable = !endpoint.isEmpty() && endpoint.length() <= LENGTH_MAX;
      if (usable && !known.contains(endpoint) && known.size() < configured.size() + LEARNED_MAX) {
        known.add(endpoint);
      }
    }
    all = known;
    next = Math.max(0, known.indexOf(present)) + 1;
  }

  /**
   * Goes next to one of those that a node recommends, if there is one.
   *
   * @param recommended host:port of nodes
   * @param present where the node is that recommends them
   */
  public void prefer(List<String> recommended, String present) {
    learn(recommended, present);
    for (String endpoint : recommended) {
      int index = all.indexOf(endpoint);
      if (index >= 0 && !endpoint.equals(present)) {
        next = index;
        return;
      }
    }
  }
}
