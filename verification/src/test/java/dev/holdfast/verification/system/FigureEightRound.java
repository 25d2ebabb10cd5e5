package dev.holdfast.verification.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.client.AcquireRequest;
import dev.holdfast.client.Consistency;
import dev.holdfast.client.NodeStatus;
import dev.holdfast.protocol.v1.ClientFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One way through figure 8 with three nodes.
 *
 * <ol>
 *   <li>The <i>first</i> leads and has large entries that nobody else has got; it is killed.
 *   <li>The <i>third</i> is elected by the second. Its entry of the new term reaches nobody. To see
 *       to that, what the two say to each other takes a while, and as soon as the vote is in the
 *       second's vote file, nothing passes from the third to it any more.
 *   <li>The first comes back and is elected by the second in yet another term. Some of its old
 *       entries reach it and are acknowledged, and so are on a majority; its entry of the new term,
 *       which comes after them, does not: there is room for so many bytes only. Nothing may count
 *       as committed now.
 *   <li>Either the first dies, the third is elected by the second, and other entries take the place
 *       of the old ones; or the first gets through, and all of them are committed.
 * </ol>
 */
final class FigureEightRound {
  private static final int ENTRIES = 10;

  /** They make an entry of about 250 KiB, of which two or three go into one append. */
  private static final int REQUESTS_IN_ENTRY = 8;

  static final long LOCKS_IN_TAIL = (long) ENTRIES * REQUESTS_IN_ENTRY * AcquireRequest.DEMANDS_MAX;

  /** More than one append and less than all of them. */
  private static final long BYTES_OF_SOME_ENTRIES = 1_600_000;

  /** A vote and the first append of the winner are twice this apart. */
  private static final Duration UNDER_WAY = Duration.ofMillis(25);

  private static final int VOTE_HEADER_BYTES = 16;

  private final RealCluster cluster;
  private final PeerNetwork network;
  private final Acknowledged acknowledged;
  private final String lock;
  private final String first;
  private String second;
  private String third;
  private long secondBefore;
  private long before;
  private long end;

  /**
   * A round that has not begun.
   *
   * @param lock how the names of the tail's locks begin, ends with a slash
   */
  FigureEightRound(RealCluster cluster, Acknowledged acknowledged, String lock) {
    this.cluster = cluster;
    this.network = cluster.network();
    this.acknowledged = acknowledged;
    this.lock = lock;
    this.first = cluster.leader();
    List<String> others = cluster.followers();
    this.second = others.get(0);
    this.third = others.get(1);
  }

  /** Returns whether it came to that. */
  boolean firstHasTail() {
    try (RawSession session = RawSession.open(cluster.clientPort(first), 600_000)) {
      cluster.nodes().forEach(network::isolate);
      before = Probe.status(cluster, first).lastLogIndex();
      for (int entry = 0; entry < ENTRIES; entry++) {
        session.send(bulkyFrame(entry));
        long wanted = before + entry + 1;
        Probe.awaitStatus(
            cluster,
            first,
            "appends, or leads no more",
            status -> status.lastLogIndex() >= wanted || !status.role().equals("LEADER"));
      }
      assertThat(session.received()).as("answers without a majority").isEmpty();
    }
    end = Probe.status(cluster, first).lastLogIndex();
    cluster.kill(first);
    return end >= before + ENTRIES;
  }

  private ClientFrame bulkyFrame(int entry) {
    ClientFrame.Builder frame = ClientFrame.newBuilder();
    for (int i = 0; i < REQUESTS_IN_ENTRY; i++) {
      int number = entry * REQUESTS_IN_ENTRY + i + 1;
      frame.mergeFrom(RawSession.acquireAll(number, Acknowledged.bulky(lock + number)));
    }
    return frame.build();
  }

  /** Returns whether its entry of the new term is on no other disk. */
  boolean thirdIsElected() {
    long secondLast = Probe.status(cluster, second).lastLogIndex();
    long thirdLast = Probe.status(cluster, third).lastLogIndex();
    for (String node : List.of(second, third)) {
      String other = node.equals(second) ? third : second;
      network.heal(node, other);
      network.delay(node, other, UNDER_WAY);
    }
    String voter = awaitVoteForTheOther();
    if (voter.equals(third)) {
      third = second;
      second = voter;
      long swapped = secondLast;
      secondLast = thirdLast;
      thirdLast = swapped;
    }
    network.cut(third, second);
    secondBefore = secondLast;
    long thirdBefore = thirdLast;
    NodeStatus winner =
        Probe.awaitStatus(
            cluster,
            third,
            "appends its first entry, or was not elected",
            status -> status.lastLogIndex() > thirdBefore || !status.role().equals("CANDIDATE"));
    network.isolate(third);
    return winner.lastLogIndex() > thirdBefore
        && Probe.status(cluster, second).lastLogIndex() == secondBefore;
  }

  /** Waits until one of the two has voted for the other, and returns who has voted. */
  private String awaitVoteForTheOther() {
    return await("a vote")
        .atMost(RealCluster.PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () ->
                List.of(second, third).stream()
                    .filter(
                        node -> vote(node).startsWith((node.equals(second) ? third : second) + "@"))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private String vote(String node) {
    Path file = cluster.data(node).resolve("log/votes/vote");
    try {
      byte[] bytes = Files.readAllBytes(file);
      return new String(
          bytes, VOTE_HEADER_BYTES, bytes.length - VOTE_HEADER_BYTES, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return ""; // has not voted yet
    }
  }

  /** Returns whether some, but not all of the tail is on the second's disk too. */
  boolean tailReachesMajority() {
    network.heal(second, first);
    network.allow(first, second, BYTES_OF_SOME_ENTRIES);
    cluster.start(first);
    await("as many bytes as may have passed")
        .atMost(RealCluster.PATIENCE)
        .until(() -> network.isUsedUp(first, second));
    try {
      NodeStatus status =
          Probe.awaitStatus(cluster, second, "appends", each -> each.lastLogIndex() > secondBefore);
      return status.lastLogIndex() > before && status.lastLogIndex() < end;
    } catch (ConditionTimeoutException nothingCame) {
      return false;
    }
  }

  /** Watches for as long as the first leads, which it cannot for long without an answer. */
  void requireNothingOfTailCommitted() {
    Probe.awaitStatus(
        cluster,
        first,
        "leads no more",
        status -> {
          assertThat(status.committedIndex()).as("committed").isLessThanOrEqualTo(before);
          return !status.role().equals("LEADER");
        });
    assertThat(Probe.status(cluster, second).lastLogIndex()).isGreaterThan(before);
  }

  void thirdReplacesTail() {
    cluster.kill(first);
    network.heal(second, third);
    network.heal(third, second);
    cluster.awaitReady(List.of(second, third));
    assertThat(cluster.leader()).as("who has the later term").isEqualTo(third);
    acknowledged.keep(10);
    assertThat(locksHeld()).isZero();
  }

  void firstCommitsTail() {
    network.heal(first, second);
    // What was held arrives now, so either of them may lead next.
    cluster.awaitReady(List.of(first, second));
    acknowledged.keep(10);
  }

  /** All nodes are there again, and agree. */
  void recover() {
    network.healAll();
    for (String node : cluster.nodes()) {
      if (!cluster.process(node).isAlive()) {
        cluster.start(node);
      }
    }
    cluster.awaitReady();
    cluster.awaitEqualMaps();
    acknowledged.requireAllHeld();
  }

  /** How many locks of the tail are held. */
  long locksHeld() {
    return cluster.admin().allLocks(lock, Consistency.LINEARIZABLE).stream()
        .filter(each -> each.lock().contains("-xxx") && !each.holders().isEmpty())
        .count();
  }
}
