package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.SessionInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole nodes, driven from one seed: nothing that was asked for is lost, each thing is executed
 * once, nobody is answered twice, whatever happens to leaders, messages, proposals and connections.
 * One seed is run by {@code -Dholdfast.seed=N}.
 */
class NodeSimulationTest {
  private static final int SEEDS = 200;
  private static final int CLIENTS = 6;

  static LongStream seeds() {
    Long one = Long.getLong("holdfast.seed");
    return one == null
        ? LongStream.range(0, Integer.getInteger("holdfast.seeds", SEEDS))
        : LongStream.of(one);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void nothing_is_lost_and_nothing_done_twice(long seed) {
    AdmissionLimits limits =
        seed % 3 == 0
            ? new AdmissionLimits(1 << 20, 3, 100, 4, 100, 1_000, 600_000, 100)
            : AdmissionLimits.DEFAULT;
    Simulation simulation = new Simulation(seed, limits);
    List<SimulatedClient> clients = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      clients.add(new SimulatedClient(simulation, i, 1 + i % 3));
    }
    for (int round = 0; round < 15; round++) {
      simulation.runMillis(simulation.random.nextInt(400));
      switch (simulation.random.nextInt(3)) {
        case 0 -> simulation.changeLeader();
        case 1 -> clients.get(simulation.random.nextInt(CLIENTS)).reconnect();
        default -> {}
      }
    }
    simulation.heal();
    simulation.runMillis(2_500);
    clients.forEach(SimulatedClient::stop);
    simulation.runMillis(15_000);
    requireAllDone(simulation, clients);
  }

  private static void requireAllDone(Simulation simulation, List<SimulatedClient> clients) {
    simulation.nodes.forEach(node -> node.applyUpTo(simulation.log.size()));
    SimulatedNode first = simulation.nodes.getFirst();
    for (SimulatedNode node : simulation.nodes) {
      assertThat(node.machine.revision()).isEqualTo(first.machine.revision());
      assertThat(node.machine.stateHash()).isEqualTo(first.machine.stateHash());
    }
    assertThat(first.machine.waitingCount()).isZero();
    for (SimulatedClient client : clients) {
      assertThat(client.unansweredCount()).isZero();
      assertThat(client.granted).isPositive().isEqualTo(client.released);
      assertThat(client.renewed).isPositive();
      SessionInfo session = first.machine.session(client.sessionId());
      assertThat(session).isNotNull();
      assertThat(session.grants()).as("grants that nobody knows of").isZero();
    }
  }
}
