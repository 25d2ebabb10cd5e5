package dev.holdfast.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.LockStateMachine;
import dev.holdfast.core.SessionInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void clients_without_sessions_are_answered_alike_at_every_node(long seed) {
    AdmissionLimits limits =
        seed % 3 == 0
            ? new AdmissionLimits(1 << 20, 3, 100, 4, 100, 1_000, 600_000, 100)
            : AdmissionLimits.DEFAULT;
    Simulation simulation = new Simulation(seed, limits);
    List<SimulatedClient> clients = List.of(new SimulatedClient(simulation, 1, 2));
    List<SimulatedDoorClient> doorClients = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      doorClients.add(new SimulatedDoorClient(simulation, i));
    }
    for (int round = 0; round < 15; round++) {
      simulation.runMillis(simulation.random.nextInt(400));
      if (simulation.random.nextInt(3) == 0) {
        simulation.changeLeader();
      }
    }
    simulation.heal();
    simulation.runMillis(2_500);
    clients.forEach(SimulatedClient::stop);
    doorClients.forEach(SimulatedDoorClient::stop);
    simulation.runMillis(15_000);
    requireAllDone(simulation, clients);
    LockStateMachine machine = simulation.nodes.getFirst().machine;
    for (SimulatedDoorClient client : doorClients) {
      assertThat(client.isIdle()).isTrue();
      assertThat(client.granted).isPositive().isEqualTo(client.released);
      assertThat(client.renewed).isPositive();
      long sessionId = Objects.requireNonNull(machine.sessionOfClient(client.name()));
      SessionInfo session = Objects.requireNonNull(machine.session(sessionId));
      assertThat(session.grants()).as("grants that nobody knows of").isZero();
    }
    assertThat(doorClients).anyMatch(client -> client.queued > 0);
    assertThat(doorClients).anyMatch(client -> client.repeated > 0);
    // In a few seeds everybody is served before he loses patience, but not in these.
    assertThat(doorClients).anyMatch(client -> client.cancelled > 0 || seed >= 10);
    requireEnds(simulation, doorClients);
  }

  private static void requireEnds(Simulation simulation, List<SimulatedDoorClient> clients) {
    List<SimulatedDoorClient> ended = new ArrayList<>();
    for (SimulatedDoorClient client : clients) {
      SimulatedNode node = simulation.nodes.get(simulation.random.nextInt(3));
      node.run(() -> node.core.end(client.name(), () -> ended.add(client)));
    }
    simulation.runMillis(1_000);
    assertThat(ended).containsExactlyInAnyOrderElementsOf(clients);
    for (SimulatedNode node : simulation.nodes) {
      assertThat(node.machine.sessionCount()).isEqualTo(1);
    }
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
      SessionInfo session = Objects.requireNonNull(first.machine.session(client.sessionId()));
      assertThat(session.grants()).as("grants that nobody knows of").isZero();
    }
  }
}
