package dev.holdfast.server.lint;

/**
 * Measures what the reader of lock orders costs: the time for an acquire and its release by the
 * machine alone, and with the reader. Not a test: run it on a quiet machine.
 */
public final class LintCostMain {
  private static final int PAIRS = 300_000;

  private LintCostMain() {}

  /**
   * Measures.
   *
   * @param args none
   */
  public static void main(String[] args) {
    for (int round = 0; round < 4; round++) {
      double alone = nanosPerPair(new Machine((applied, entry) -> {}), false);
      double read = nanosPerPair(reading(), false);
      double nested = nanosPerPair(reading(), true);
      System.out.printf(
          "ns for each acquire and release: %.0f alone, %.0f with the reader (+%.0f);"
              + " %.0f with the reader if the owner has another lock%n",
          alone, read, read - alone, nested);
    }
  }

  private static Machine reading() {
    LockOrders orders = new LockOrders(LintLimits.NODE, session -> "label");
    return new Machine(orders::onApplied);
  }

  private static double nanosPerPair(Machine machine, boolean holdsAnother) {
    long session = machine.open("session");
    if (holdsAnother) {
      machine.take(session, Machine.x("another"));
    }
    long beganNanos = System.nanoTime();
    for (int i = 0; i < PAIRS; i++) {
      machine.release(session, machine.take(session, Machine.x("lock")));
      machine.acknowledge(session);
    }
    return (double) (System.nanoTime() - beganNanos) / PAIRS;
  }
}
