package dev.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.local.LocalCluster;
import dev.holdfast.cli.local.LocalNode;
import dev.holdfast.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Demonstrations that can do with one cluster of three real nodes, started once. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SharedClusterDemosSystemTest {
  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static LocalCluster cluster;

  @BeforeAll
  static void start_nodes() throws InterruptedException {
    cluster = Performance.prepare(folder, 3, false);
    cluster.nodes().forEach(LocalNode::start);
    cluster.awaitLeader(Stage.START_PATIENCE);
  }

  @AfterAll
  static void stop_nodes() {
    cluster.close();
  }

  private static PlayedDemo play(String name, String... options)
      throws InterruptedException, IOException {
    return PlayedDemo.on(cluster, folder, name, options);
  }

  /** S4-16, S4-2, S4-10: acquire, token, access under the token, release. */
  @Test
  void basic() throws Exception {
    play("basic")
        .succeeded()
        .told(
            "granted, with fencing token ",
            "written by alice",
            "HELD_BY_ANOTHER, by alice",
            "bob holds it, with the larger token ",
            "in the end the lock is free");
  }

  /** S4-17, S4-3: granted 3 s to 4 s after a holder with a lease of 3 s. S4-33: overrun. */
  @Test
  void failure() throws Exception {
    play("failure")
        .succeeded()
        .told(
            "killed with kill -9",
            "not before the lease was over: 3.0s or more",
            "at most 1.0s after that",
            "it was told: not held any more",
            "who looks, stops in time");
  }

  /** S4-18, S4-8: with fencing, the stale write is refused. */
  @Test
  void fencing() throws Exception {
    play("fencing")
        .succeeded()
        .told("SIGSTOP", "the balance is 150", "refused with status 412", "nothing is lost");
  }

  /** S4-7: without fencing, the account is spoiled, and the exit code says so. */
  @Test
  void fencing_without() throws Exception {
    play("split-brain", "--no-fencing")
        .endedWith(ExitCode.SPOILED)
        .told("written, with status 200: the balance is 70", "LOST", "Exit code 80");
  }

  /** S4-19, S4-9: a majority grants with a node gone; two minorities never both grant. */
  @Test
  void replicated() throws Exception {
    play("replicated")
        .succeeded()
        .told(
            "are a majority: a lock is granted all the same",
            "a minority does not grant",
            "the two minorities granted nothing",
            "then the other one, with token ");
  }

  /** S4-11: one leader at a time; the next one when it is killed; an observer sees all of them. */
  @Test
  void leader_election() throws Exception {
    play("leader-election")
        .succeeded()
        .told("leads, with token ", "leads after ", "leads after ", "told of three leaders");
  }

  /** S4-12: ten processes, one migrates, nine skip. */
  @Test
  void migration() throws Exception {
    play("migration")
        .succeeded()
        .told("one of them migrated: service-", "9 skipped", "migrated exactly once");
  }

  /** S4-13: five processes, 100 ticks, 100 runs, although holders are killed. */
  @Test
  void cron() throws Exception {
    play("cron")
        .succeeded()
        .told(
            "right before it has run a tick",
            "right after it has run a tick",
            "each of the 100 ticks ran exactly once");
  }

  /** S4-14: a semaphore. */
  @Test
  void resources() throws Exception {
    play("resources")
        .succeeded()
        .told(
            "3 were in use at once, and never more",
            "its device came back",
            "all devices are free");
  }

  /** S4-15: 100 read-modify-writes, none lost. */
  @Test
  void configuration() throws Exception {
    play("configuration").succeeded().told("changes = 100", "none is lost");
  }

  /** S0-23, S0-24, S0-25 (and S0-22): the three scenarios of the replicated map. */
  @Test
  void replicated_map() throws Exception {
    PlayedDemo played = play("replicated-map").succeeded();
    assertThat(played.out())
        .containsPattern(
            "(client of (leader|follower) n[123]: True, [0-9a-f-]{36}, True, None\\s+ok  ){2}")
        .containsPattern(
            "(?s)follower n[123] holds.*True, False, False \\(not the owner\\), [0-9a-f-]{36}, True, None")
        .containsPattern(
            "(?s)leader n[123] holds.*True, False, False \\(not the owner\\), [0-9a-f-]{36}, True, None");
  }
}
