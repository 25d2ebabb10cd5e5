package dev.holdfast.server.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.v1.Answer;
import dev.holdfast.protocol.v1.Demand;
import dev.holdfast.protocol.v1.LockMode;
import dev.holdfast.protocol.v1.RefusalReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random requests to a real machine: what is found is what the obvious way finds. One seed is run
 * by {@code -Dholdfast.seed=N}.
 */
class LockOrdersSimulationTest {
  private static final int SEEDS = 200;
  private static final int STEPS = 120;
  private static final List<String> LOCKS = List.of("a", "b", "c", "t", "t/x", "t/y", "t/x/z");

  static LongStream seeds() {
    Long one = Long.getLong("holdfast.seed");
    return one == null
        ? LongStream.range(0, Integer.getInteger("holdfast.seeds", SEEDS))
        : LongStream.of(one);
  }

  @ParameterizedTest(name = "-Dholdfast.seed={0}")
  @MethodSource("seeds")
  void finds_the_pairs_that_the_obvious_way_finds(long seed) {
    new Run(seed).all();
  }

  private static final class Run {
    private final SplittableRandom random;
    private final LockOrders orders;
    private final ObviousOrders obvious = new ObviousOrders();
    private final Machine machine;
    private final List<Long> sessions = new ArrayList<>();

    Run(long seed) {
      random = new SplittableRandom(seed);
      orders = new LockOrders(LintLimits.NODE, session -> "");
      machine = new Machine(orders::onApplied);
      for (int i = 0; i < 3; i++) {
        sessions.add(machine.open("session-" + i));
      }
    }

    void all() {
      for (int i = 0; i < STEPS; i++) {
        step();
      }
      Set<String> found = new TreeSet<>();
      for (OrderCycles.Cycle cycle :
          OrderCycles.in(orders.seen().orders(), Integer.MAX_VALUE, Integer.MAX_VALUE).cycles()) {
        if (cycle.orders().size() == 2) {
          List<String> names = new ArrayList<>();
          cycle
              .orders()
              .forEach(order -> names.add(ObviousOrders.text(order.held(), order.wanted())));
          names.sort(null);
          found.add(names.toString());
        }
      }
      assertThat(found).isEqualTo(obvious.pairs());
    }

    private void step() {
      long session = sessions.get(random.nextInt(sessions.size()));
      List<Long> tokens = machine.state().tokensOf(session);
      if (!tokens.isEmpty() && random.nextInt(100) < 45) {
        machine.release(session, tokens.get(random.nextInt(tokens.size())));
        return;
      }
      String owner = "owner-" + random.nextInt(2);
      List<Demand> demands = demands();
      boolean preempts = random.nextInt(5) == 0;
      ObviousOrders before = preempts ? new ObviousOrders() : obvious;
      if (isTakenIn(session, owner, demands)) {
        before.asks(machine, session, owner, demands);
      }
      machine.acquire(session, owner, preempts ? 0 : -1, demands);
    }

    /** Refused requests show nothing; whether it will be is asked of a twin, without waiting. */
    private boolean isTakenIn(long session, String owner, List<Demand> demands) {
      Answer probe = machine.acquire(session, owner, 0, demands);
      if (probe.hasGranted()) {
        machine.release(session, probe.getGranted().getToken());
        return true;
      }
      RefusalReason reason = probe.getRefused().getReason();
      return reason == RefusalReason.HELD_BY_ANOTHER
          || reason == RefusalReason.WAITED_FOR_BY_ANOTHER;
    }

    private List<Demand> demands() {
      if (random.nextInt(8) == 0) {
        return List.of(Machine.permits("pool", 1 + random.nextInt(2), 2));
      }
      Demand first = demand(LOCKS.get(random.nextInt(LOCKS.size())));
      if (random.nextInt(5) > 0) {
        return List.of(first);
      }
      Demand second = demand(LOCKS.get(random.nextInt(LOCKS.size())));
      if (first.getLock().equals(second.getLock())) {
        return List.of(first);
      }
      return first.getLock().compareTo(second.getLock()) < 0
          ? List.of(first, second)
          : List.of(second, first);
    }

    private Demand demand(String lock) {
      return Machine.mode(lock, LockMode.forNumber(1 + random.nextInt(6)));
    }
  }
}
