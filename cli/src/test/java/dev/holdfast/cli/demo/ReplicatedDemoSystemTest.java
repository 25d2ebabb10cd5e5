package dev.holdfast.cli.demo;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demonstration of majorities with five nodes of its own; with three it shares a cluster. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ReplicatedDemoSystemTest {
  /** S4-9: two of five may be gone, and neither of two minorities of two grants. */
  @Test
  void five_nodes_lose_two_of_them() {
    PlayedDemo.alone("replicated", "--nodes", "5")
        .succeeded()
        .told(
            "Start 5 nodes",
            "2 of 5 nodes, the leader among them",
            "are a majority: a lock is granted all the same",
            "Two minorities are asked in turn: n1+n2, then n3+n4",
            "the two minorities granted nothing",
            "then the other one, with token ");
  }
}
